"""Chapter 10: speech as numbers, and numbers as speech."""

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
