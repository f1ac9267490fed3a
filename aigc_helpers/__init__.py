"""Helpers of the book «AIGC 从入门到实战»: networks, losses, training, explorers.

The floor plan: a line a room, then the rooms that each chapter uses. What is in a room
stands in its own docstring.

Subjects, what a chapter teaches; none imports another
    families    three families of generative models on points in the plane
    gan         generative adversarial networks
    vae         variational autoencoders
    rnn         recurrent cells, gradients through time, recurrent language models
    image       pictures: holes filled, small ones enlarged, noise removed
    text        numerals translated, tables told, questions answered from passages
    speech      spoken digits: waveforms, spectra and back, recognised, synthesised

Bases, what subjects share
    language    language models whatever their network: sampling, n-grams, training
    judge       the digit classifier with which generated digits are judged
    training    a training run: rate, average, history, progress, checkpoint
    metrics     figures of quality, each with its interval
    pixels      pictures as tensors: ranges, classes, directions
    data        data sets: catalogue, verified download, readers, stand-ins
    runtime     seeds, devices, threads, number formats
    files       files that are whole or absent
    progress    a progress bar where somebody watches
    environment variables AIGC_…, and commands as they are typed here
    richtext    short texts with code and formulas, as HTML
    reader      what a mistake, or a stop, tells the reader in Chinese

Showing
    plotting    figures with Chinese labels
    explorers   pictures that follow a slider, live and on a page
    equations   formulas that are computed from their LaTeX
    store       experiments in a database
    exercise    predictions, compared with what comes out

Shipping
    recipes     how the shipped networks were trained
    weights     the shipped networks, and their export for browsers
    tables      figures over several seeds
    cli         the command ``aigc``
    jupyter     a Jupyter server that sends a kernel's answers at once
    doctor      what is wrong with an installation

Chapters
    00  exercise explorers plotting runtime
    01  data exercise explorers language plotting runtime tables weights
    02  data exercise explorers gan metrics plotting runtime store weights
    03  data exercise explorers families metrics plotting runtime tables training
    04  equations exercise explorers plotting runtime tables
    05  data exercise explorers gan metrics pixels plotting runtime tables training
        weights
    06  data exercise explorers gan metrics pixels plotting runtime tables training vae
        weights
    07  data exercise explorers language metrics plotting rnn runtime training weights
    08  data exercise explorers gan image metrics pixels plotting runtime tables
        training weights
    09  data exercise explorers language metrics plotting runtime tables text weights
    10  data exercise explorers plotting runtime speech tables weights
"""

__version__ = "0.1.0"
