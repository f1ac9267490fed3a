"""The network of chapter 10 that speaks digits, and one whose attention wanders."""

from aigc_helpers import data, metrics, speech, weights
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.recipes.speech_recognition import RECORDINGS

VOICES = 0, 2, 5  # whose digits lie nearest to their own training takes
DIGITS = "0123456789"
N_STRINGS, LENGTH = 60, 7

TRAINING = {"steps": 2600, "batch_size": 32, "data": RECORDINGS, "half": True}
RECIPES = {
    "speech_tacotron": Recipe(
        "speech",
        "Tacotron",
        "念数字的网络",
        arguments={"n_voices": 6},
        first={
            "text": "314159",
            "voice": VOICES[0],
            "presets": [
                {"name": "一位", "text": "7"},
                {"name": "五个一样的", "text": "77777"},
                {"name": "十位", "text": "2718281828"},
            ],
        },
        **TRAINING,
    ),
    "speech_tacotron_content": Recipe(
        "speech",
        "Tacotron",
        "念数字的网络，注意力只看内容",
        arguments={"n_voices": 6, "attention": "content"},
        **TRAINING,
    ),
}
FIGURES = {
    "spoken_right": "念一个数字，被听懂的占比（三个嗓音）",
    "spoken_worst": "其中最难懂的数字，被听懂的占比",
    "spoken_string_errors": "念七位数字串，听写的词错误率（训练里最长四位）",
    "worst_in_strings": "七位数字串里最难懂的数字，被听懂的占比",
    "digits_in_order": "注意力从左到右读完的占比（一个数字）",
    "read_in_order": "注意力从左到右读完的占比（七位数字串）",
    "highest_peak": "所有声音里最高的峰值（dBFS，不到 0 就没有削波）",
    "loudness_gap": "念出的数字比录音响多少（分贝，最响的 0.4 秒，音量同样归一化）",
    "loudness_range": "念出的数字，最响与最轻相差（分贝）",
    "loudness_range_strings": "念出的七位数字串，最响与最轻相差（分贝）",
    "loudness_range_recordings": "对照：录音归一化以后，最响与最轻相差（分贝）",
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
    """What is heard, where attention goes, how loud it is, how near training takes."""
    recogniser = weights.load("speech_recogniser")
    single, strings = (
        speech.utterances(network, recogniser, texts, VOICES)
        for texts in (DIGITS, speech.random_strings(N_STRINGS, LENGTH))
    )
    worst = min(speech.understood_by(single, "text").values())
    worst_in_strings = min(speech.understood_digits(strings).values())
    return {
        **judging.with_interval("spoken_right", *speech.understood(single), 4),
        "spoken_worst": round(worst, 4),
        **judging.with_interval(
            "spoken_string_errors", *speech.word_errors(strings), 4
        ),
        "worst_in_strings": round(worst_in_strings, 4),
        **judging.with_interval("digits_in_order", *speech.read_in_order(single), 4),
        **judging.with_interval("read_in_order", *speech.read_in_order(strings), 4),
        **_loudness(single, strings),
        **_distances(single),
    }


def _loudness(single, strings) -> dict:
    """Peaks of all, and levels beside those of the test recordings."""
    waves = [one.waveform for one in strings]
    recordings = data.load_sounds("spoken_digits", "test")
    found = speech.loudness_beside(single, recordings)
    levels = {
        "loudness_range": found.synthetic,
        "loudness_range_strings": speech.loudness(waves),
        "loudness_range_recordings": found.recorded,
    }
    peak = speech.highest_peak([*waves, *(one.waveform for one in single)])
    return {
        "highest_peak": round(peak, 2),
        **judging.with_interval("loudness_gap", *found.gap, 2),
        **{name: round(float(x.max() - x.min()), 2) for name, x in levels.items()},
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
    "speech_tacotron_content": Subject(
        train_tacotron, measure_tacotron, networks=("speech_recogniser",)
    ),
}
