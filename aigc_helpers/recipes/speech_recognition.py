"""The recogniser of spoken digits, the ruler of chapter 10."""

from aigc_helpers import data, metrics, speech
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject

RECORDINGS = (
    "Free Spoken Digit Dataset, takes 5-49 of six speakers, 2,700 clips (Jackson and "
    "others, CC BY-SA 4.0). The test clips, takes 0-4, are of the same six speakers. "
    "The weights are this project's, under Apache-2.0; whether a network is an "
    "adaptation of what it was trained on is not settled in law. The recordings, and "
    "sounds that come close to one, stay under CC BY-SA 4.0: name their authors. The "
    "voices are those of six real people: pretend to be none of them."
)
N_STRINGS, N_OTHERS = 120, 100
OTHERS = (
    ("silence", "静音"),
    ("noise", "白噪声"),
    ("bursts", "敲击声"),
    ("chirps", "扫频音"),
    ("chords", "和弦"),
    ("reversed", "倒放的数字"),
)

RECIPES = {
    "speech_recogniser": Recipe(
        "speech",
        "SpeechRecogniser",
        "听数字的网络",
        steps=1200,
        batch_size=64,
        arguments={"width": 16, "hidden": 80},
        data=RECORDINGS,
        half=True,
    ),
}
FIGURES = {
    "digits_right": "单个数字的正确率（新录音，说话人训练时见过）",
    "digits_refused": "单个数字里没把握、不作答的占比",
    "mean_probability": "给最可能的数字的概率，平均值（准的话等于正确率）",
    "vocoded_right": "经梅尔谱和声码器之后的正确率（合成语音的上限）",
    "string_errors": "七位数字串的词错误率",
    "vocoded_string_errors": "七位数字串经声码器之后的词错误率（合成语音的下限）",
    **{f"{kind}_refused": f"{words}里不作答的占比" for kind, words in OTHERS},
}


def train_recogniser(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train on the official training clips; return the averaged network, history."""
    return speech.train_recogniser(
        speech.SpeechRecogniser(**recipe.arguments),
        data.load_sounds("spoken_digits"),
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
        **recipe.options,
    )


def measure_recogniser(network) -> dict:
    """Words and strings of the test clips, as they are and vocoded; what is refused."""
    test = data.load_sounds("spoken_digits", "test")
    right = speech.is_heard(network, test.clips, test.digits)
    figures = _over_speakers("digits_right", right, test.speakers)
    refused = speech.recognise(network, test.clips) == speech.UNSURE
    figures |= _over_speakers("digits_refused", refused, test.speakers)
    sure = speech.hear_words(network, test.clips)[:, : speech.N_DIGITS].amax(dim=1)
    figures |= _over_speakers("mean_probability", sure, test.speakers)
    vocoded = [speech.vocoded(wave) for wave in test.clips]
    right = speech.is_heard(network, vocoded, test.digits)
    figures |= _over_speakers("vocoded_right", right, test.speakers)
    return figures | _string_figures(network, test) | _refusals(network, test)


def _string_figures(network, test) -> dict:
    """Word error rates of strings of seven digits, joined from the clips."""
    waves, texts, speakers = speech.spoken_strings(test, N_STRINGS)
    errors = speech.string_errors(network, waves, texts)
    vocoded = [speech.vocoded(wave) for wave in waves]
    again = speech.string_errors(network, vocoded, texts)
    return _over_speakers("string_errors", errors, speakers) | _over_speakers(
        "vocoded_string_errors", again, speakers
    )


def _refusals(network, test) -> dict:
    """Shares of sounds without a digit in which none is recognised, by kind."""
    figures = {}
    for kind, waves in speech.other_sounds(test, N_OTHERS).items():
        refused = speech.recognise(network, waves) == speech.UNSURE
        figures |= judging.share_of(f"{kind}_refused", refused)
    return figures


def _over_speakers(name: str, values, speakers) -> dict:
    """A share and its interval, over speakers and their clips."""
    return judging.with_interval(name, *metrics.share_interval(values, speakers), 4)


def shown(network) -> dict:
    """What the explorer of the recogniser must know."""
    return {"kind": "hearing", "decoder": "ShownListener"}


SUBJECTS = {
    "speech_recogniser": Subject(train_recogniser, measure_recogniser, shown),
}
