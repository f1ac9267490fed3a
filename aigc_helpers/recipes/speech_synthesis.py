"""The network of chapter 10 that speaks digits."""

from aigc_helpers import data, metrics, speech, weights
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.recipes.speech_recognition import RECORDINGS

VOICES = 0, 2, 5  # whose digits lie nearest to their own training takes
DIGITS = "0123456789"
N_STRINGS, LENGTH = 60, 7

RECIPES = {
    "speech_tacotron": Recipe(
        "speech",
        "Tacotron",
        "念数字的网络",
        steps=2600,
        batch_size=32,
        arguments={"n_voices": 6},
        data=RECORDINGS,
        first={
            "text": "314159",
            "voice": VOICES[0],
            "presets": [
                {"name": "一位", "text": "7"},
                {"name": "五个一样的", "text": "77777"},
                {"name": "十位", "text": "2718281828"},
            ],
        },
        half=True,
    ),
}
FIGURES = {
    "spoken_right": "念一个数字，被听懂的占比（三个嗓音）",
    "spoken_worst": "其中最难懂的数字，被听懂的占比",
    "spoken_string_errors": "念七位数字串，听写的词错误率（训练里最长四位）",
    "read_in_order": "注意力从左到右读完的占比（七位数字串）",
    "distance_to_training": "念出的数字到最近的训练录音（对数梅尔谱，动态时间规整）",
    "distance_held_out": "对照：没有用来训练的录音到最近的训练录音",
}


def train_tacotron(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train on the official training clips; return the averaged network, history."""
    return speech.train_tacotron(
        speech.Tacotron(**recipe.arguments),
        speech.takes_of(data.load_sounds("spoken_digits")),
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
        **recipe.options,
    )


def measure_tacotron(network) -> dict:
    """What the recogniser hears, where attention goes, how near training takes are."""
    recogniser = weights.load("speech_recogniser")
    single = speech.utterances(network, recogniser, DIGITS, VOICES)
    strings = speech.utterances(
        network, recogniser, speech.random_strings(N_STRINGS, LENGTH), VOICES
    )
    errors, in_order = speech.word_errors(strings), speech.read_in_order(strings)
    return {
        **judging.with_interval("spoken_right", *speech.understood(single), 4),
        "spoken_worst": round(min(speech.understood_by(single, "text").values()), 4),
        **judging.with_interval("spoken_string_errors", *errors, 4),
        **judging.with_interval("read_in_order", *in_order, 4),
        **_distances(single),
    }


def _distances(single) -> dict:
    """Means over digits and voices, speakers who are no voice left aside."""
    held_out, training = (
        speech.takes_of(data.load_sounds("spoken_digits", split))
        for split in ("test", "train")
    )
    held_out = [take for take in held_out if take.speaker in VOICES]
    synthetic = [speech.take_of(one) for one in single]
    found = speech.nearness(synthetic, training, held_out)
    groups = [take.digit for take in synthetic], [take.digit for take in held_out]
    names = "distance_to_training", "distance_held_out"
    figures = {}
    for name, values, digits in zip(names, found, groups, strict=True):
        share = metrics.nested_interval(values, digits)
        figures |= judging.with_interval(name, *share, 3)
    return figures


def shown(network) -> dict:
    """What the explorer of the Tacotron must know."""
    return {"kind": "speaking", "decoder": "ShownSpeaker", "voices": list(VOICES)}


SUBJECTS = {
    "speech_tacotron": Subject(
        train_tacotron, measure_tacotron, shown, networks=("speech_recogniser",)
    ),
}
