"""What attention is worth for translating numbers: chapter 09, five seeds.

Three networks of about as many weights see the same pairs in the same order: without
attention, with attention by content, by content and place. Their rival is a table of
the patterns in as many pairs. Numbers of up to 13 digits train, for a quarter of the
shipped network's steps.
"""

import time

from aigc_helpers import text
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

TRAINING = {"steps": 1500, "batch_size": 64}
SIZES = {"hidden": 96, "dropout": 0.0}
NETWORKS = {
    "none": {**SIZES, "attention": "none", "hidden": 104},  # as many weights
    "content": {**SIZES, "attention": "content"},
    "location": {**SIZES, "attention": "location"},
}
WAYS = {"characters": "汉", "digits": "数"}
LENGTHS = (4, 6, 8, 10, 12, 13, 14, 15, 16)  # digits; up to 13 are learnt
N_NUMBERS, N_DATES, N_LOOKED = 300, 300, 100  # of each length
DIGITS = 4


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Train one network and judge it on held-out numbers, dates, and where it looks."""
    begun, figures = time.process_time(), {}
    model = trained(variant, seed)
    seconds = time.process_time() - begun
    for way, to in WAYS.items():
        right = text.right_by_length(model, to, LENGTHS, N_NUMBERS)
        figures |= {f"{way}_{size}": share(one) for size, one in right.items()}
        knows_dates, attends = (
            variant != "patterns",
            variant not in ("patterns", "none"),
        )
        figures[f"{way}_dates"] = dates_right(model, to) if knows_dates else None
        figures[f"{way}_aligned"] = aligned(model, to) if attends else None
    return figures | {"cpu_seconds": round(seconds, 1)}


def trained(variant: str, seed: int):
    """A trained network, or the table; the seed decides weights and pairs."""
    rng = set_seed(seed)
    if variant == "patterns":
        n_pairs = TRAINING["steps"] * TRAINING["batch_size"]
        return text.PatternTable(text.draw_pairs(n_pairs, rng))
    model = text.Translator(len(text.vocabulary()), **NETWORKS[variant])
    return text.train_translator(model, seed=seed, **TRAINING)[0]


def share(right) -> float | None:
    """The share of Booleans (N,) that are true; None if there are none."""
    return round(float(right.float().mean()), DIGITS) if len(right) else None


def dates_right(network, to: str) -> float:
    """Share of held-out days that are translated rightly."""
    pairs = [text.pair_of(day, to) for day in text.held_out_dates(N_DATES)]
    return share(text.is_right(network, pairs))


def aligned(network, to: str) -> float | None:
    """Share of characters of right 8-digit translations whose peak is aligned."""
    numbers = text.held_out_numbers(N_LOOKED, 8)
    return share(text.attention_offsets(network, numbers, to) == 0)


TABLE = Table(
    name="text_translation",
    measure=measure,
    variants={
        "patterns": "见过的样式的表",
        "none": "没有注意力：一个固定的向量",
        "content": "按内容的注意力",
        "location": "按内容和位置的注意力",
    },
    columns={
        **{
            f"{way}_{column}": (f"→{WAYS[way]} {words}", ".0%")
            for way in WAYS
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
