"""What attention is worth for translating numbers: chapter 09, five seeds.

Four networks of about as many weights see the same pairs in the same order: without
attention, with attention by content, by content and place, and the last one with the
small weight decay that is usual elsewhere in the book. Their rival is a table of the
patterns in as many pairs.
"""

import time

from aigc_helpers import text
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

TRAINING = {"steps": 1500, "batch_size": 64}
USUAL_DECAY = 0.01
NETWORKS = {
    "none": {"attention": "none", "hidden": 104},  # as many weights as the others
    "content": {"attention": "content"},
    "location": {"attention": "location"},
    "undecayed": {"attention": "location"},
}
WAYS = {"characters": "汉", "digits": "数"}
LENGTHS = (4, 6, 8, 10, 12, 13, 14, 15, 16)  # digits; up to 13 are learnt
N_NUMBERS, N_DATES, N_LOOKED = 300, 300, 100  # of each length
DIGITS = 4


def measure(variant: str, seed: int) -> dict[str, float]:
    """Train one network and judge it on held-out numbers, dates, and where it looks."""
    begun = time.process_time()
    network = trained(variant, seed)
    seconds = time.process_time() - begun
    figures = {}
    for way, to in WAYS.items():
        for size, right in text.right_by_length(
            network, to, LENGTHS, N_NUMBERS
        ).items():
            figures[f"{way}_{size}"] = float(right.float().mean())
        figures[f"{way}_dates"] = dates_right(network, to)
        figures[f"{way}_aligned"] = share_aligned(network, to)
    figures = {name: round(value, DIGITS) for name, value in figures.items()}
    return figures | {"cpu_seconds": round(seconds, 1)}


def trained(variant: str, seed: int):
    """A network after its training; the seed decides weights and pairs."""
    set_seed(seed)
    model = text.Translator(len(text.vocabulary()), **NETWORKS[variant])
    options = {"weight_decay": USUAL_DECAY} if variant == "undecayed" else {}
    return text.train_translator(model, seed=seed, **TRAINING, **options)[0]


def dates_right(network, to: str) -> float:
    """Share of held-out days that are translated rightly."""
    pairs = [text.pair_of(day, to) for day in text.held_out_dates(N_DATES)]
    return round(float(text.is_right(network, pairs).float().mean()), DIGITS)


def share_aligned(network, to: str) -> float:
    """Share of characters of right 8-digit translations whose peak is aligned."""
    offsets = text.attention_offsets(network, text.held_out_numbers(N_LOOKED, 8), to)
    return round(float((offsets == 0).float().mean()), DIGITS) if len(offsets) else None


TABLE = Table(
    name="text_translation",
    measure=measure,
    variants={
        "patterns": "见过的样式的表",
        "none": "没有注意力：一个固定的向量",
        "content": "按内容的注意力",
        "location": "按内容和位置的注意力",
        "undecayed": "同上，权重几乎不衰减",
    },
    columns={
        **{
            f"{way}_{column}": (f"→{to} {words}", ".0%")
            for way, to in WAYS.items()
            for column, words in (
                *((size, f"{size} 位") for size in LENGTHS),
                ("dates", "日期"),
                ("aligned", "注意力对准"),
            )
        },
        "cpu_seconds": ("训练的 CPU 秒", ".0f"),
    },
    seeds=(0, 1, 2, 3, 4),
    data=None,
    times=("cpu_seconds",),
)
