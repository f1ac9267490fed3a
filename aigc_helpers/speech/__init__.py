"""Chapter 10: speech as numbers, and numbers as speech.

Waveforms brought to one rate and level, their spectra and the way back, and amplitudes
in 256 levels.
"""

from aigc_helpers.speech.clips import (
    CodedClips,
    code_clips,
    is_quiet,
)
from aigc_helpers.speech.code_ngrams import (
    CodeNGram,
    fit_code_ngram,
)
from aigc_helpers.speech.linear_prediction import (
    AdaptivePredictor,
    Predictor,
    fit_predictor,
)
from aigc_helpers.speech.prediction_errors import (
    LinearCoder,
    fit_linear_coder,
)
from aigc_helpers.speech.quantisation import (
    compress,
    dequantise,
    expand,
    mu_law_decode,
    mu_law_encode,
    quantise,
)
from aigc_helpers.speech.spectra import (
    griffin_lim,
    hann_window,
    hz_to_mel,
    istft,
    linear_from_mel,
    log_mel,
    mel_filters,
    mel_spectrogram,
    mel_to_hz,
    spectral_convergence,
    spectrogram,
    split_frames,
    stft,
)
from aigc_helpers.speech.waveforms import (
    RATE,
    level,
    normalise,
    resample,
    signal_to_noise,
    to_mono,
    trim_silence,
)
from aigc_helpers.speech.wavenet import (
    WaveNet,
    measured_receptive_field,
)
from aigc_helpers.speech.wavenet_sampling import (
    sample_codes,
    sample_plainly,
)
from aigc_helpers.speech.wavenet_training import (
    code_bits,
    train_wavenet,
)
