"""The WaveNet of chapter 10, beside what else predicts samples."""

import torch

from aigc_helpers import data, metrics, speech, weights
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.recipes.speech_recognition import RECORDINGS

ORDER = 5  # codes in a row that are counted
SHARE = 0.5  # of the network in the mixture; 0.47 was best on training takes 5-9
LENGTH = 3600  # samples of a drawn clip: 0.45 s, as the recordings have on average
RIVALS = "linear", "adaptive", "ngram", "mixed"

RECIPES = {
    "speech_wavenet": Recipe(
        "speech",
        "WaveNet",
        "逐点预测波形的网络",
        steps=5000,
        batch_size=2,
        data=RECORDINGS,
        half=True,
    ),
}
FIGURES = {
    "wavenet_bits": "WaveNet，每个采样点的比特数（新录音）",
    "linear_bits": "线性预测，每个采样点的比特数",
    "adaptive_bits": "随录音调整的线性预测，每个采样点的比特数",
    "ngram_bits": "五元模型，每个采样点的比特数",
    "mixed_bits": "WaveNet 与随录音调整的线性预测各占一半，每个采样点的比特数",
    "linear_excess": "线性预测比 WaveNet 多用的比特数",
    "adaptive_excess": "随录音调整的线性预测比 WaveNet 多用的比特数（负的是少用）",
    "ngram_excess": "五元模型比 WaveNet 多用的比特数",
    "mixed_excess": "各占一半比 WaveNet 多用的比特数（负的是少用）",
    "receptive_field": "感受野，按公式算（采样点）",
    "measured_receptive_field": "感受野，由梯度量出（采样点）",
    "drawn_right": "抽样得到的声音，识别网络听成要的数字的占比（乱猜是 10%）",
    "coded_right": "对照：真录音编成 256 级再还原，听对的占比",
}


def train_wavenet(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train on the official training clips; return the averaged network, history."""
    return speech.train_wavenet(
        speech.WaveNet(**recipe.arguments),
        speech.code_clips(data.load_sounds("spoken_digits")),
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
        **recipe.options,
    )


def measure_wavenet(network) -> dict:
    """Bits beside rivals fitted on the same clips; reach; whether samples are heard."""
    train, test = (
        speech.code_clips(data.load_sounds("spoken_digits", split))
        for split in ("train", "test")
    )
    return {
        **_bits(network, train, test),
        "receptive_field": network.receptive_field,
        "measured_receptive_field": speech.measured_receptive_field(network),
        **_heard(network, test),
    }


def _bits(network, train, test) -> dict:
    """Bits a sample of each model, and how many more than the network's.

    A clip counts as many times as it has samples; speakers, and clips of them, are
    drawn anew for the intervals.
    """
    found = {"wavenet": speech.code_bits(network, test)}
    for name, adaptive in (("linear", False), ("adaptive", True)):
        coder = speech.fit_linear_coder(train, adaptive=adaptive)
        found[name] = coder.code_bits(test)
    found["ngram"] = speech.fit_code_ngram(train, ORDER).code_bits(test)
    found["mixed"] = speech.mixed_bits(found["wavenet"], found["adaptive"], SHARE)
    means = {name: speech.mean_bits(bits) for name, bits in found.items()}
    values = {f"{name}_bits": mean for name, mean in means.items()}
    values |= {f"{name}_excess": means[name] - means["wavenet"] for name in RIVALS}
    figures = {}
    for name, value in values.items():
        share = metrics.nested_interval(value, test.speakers, weights=test.lengths)
        figures |= judging.with_interval(name, *share, 3)
    return figures


def _heard(network, test) -> dict:
    """Share of drawn clips, each digit by each speaker, heard as what was asked for."""
    recogniser = weights.load("speech_recogniser")
    pairs = torch.stack([test.digits, test.speakers]).unique(dim=1)  # (2, 60)
    drawn = speech.sample_codes(network, *pairs, LENGTH)
    figures = {}
    for name, codes, (digits, speakers) in (
        ("drawn_right", drawn, pairs),
        ("coded_right", test.codes, (test.digits, test.speakers)),
    ):
        waves = [speech.mu_law_decode(one) for one in codes]
        right = speech.is_heard(recogniser, waves, digits)
        share = metrics.nested_interval(right, speakers)
        figures |= judging.with_interval(name, *share, 4)
    return figures


SUBJECTS = {
    "speech_wavenet": Subject(
        train_wavenet, measure_wavenet, networks=("speech_recogniser",)
    ),
}
