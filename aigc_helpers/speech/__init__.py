"""Chapter 10: speech as numbers, and numbers as speech.

Waveforms brought to one rate and level, their spectra and the way back, amplitudes in
256 levels, a WaveNet beside its rivals, a small Tacotron, a recogniser of digits.
"""

from aigc_helpers.speech.alignment import warped_distances
from aigc_helpers.speech.bits import mean_bits, mixed_bits
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
from aigc_helpers.speech.listener import ShownListener
from aigc_helpers.speech.logistics import Logistics
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
from aigc_helpers.speech.recognition import (
    N_DIGITS,
    UNSURE,
    AudibleRecogniser,
    SpeechRecogniser,
    hear_words,
    recognise,
    transcribe,
)
from aigc_helpers.speech.recognition_evaluation import (
    edit_distance,
    is_heard,
    other_sounds,
    spoken_strings,
    string_errors,
    vocoded,
    word_error_rate,
)
from aigc_helpers.speech.recognition_training import train_recogniser
from aigc_helpers.speech.shown import ShownSpeaker
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
from aigc_helpers.speech.spelling import digits_of, spell
from aigc_helpers.speech.synthesis import (
    Synthesis,
    reading,
    speak,
    synthesise,
    waveform_of,
)
from aigc_helpers.speech.synthesis_evaluation import (
    highest_peak,
    loudness,
    loudness_beside,
    nearness,
    random_strings,
    read_in_order,
    take_of,
    understood,
    understood_by,
    understood_digits,
    utterances,
    word_errors,
)
from aigc_helpers.speech.tacotron import Tacotron
from aigc_helpers.speech.tacotron_training import takes_of, train_tacotron
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
