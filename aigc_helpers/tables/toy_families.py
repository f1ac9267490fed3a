"""The three families of chapter 03 on two data sets in the plane, from five seeds."""

import time

from aigc_helpers import families
from aigc_helpers.data import plane_data
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

STEPS, EVERY = 2000, 100  # training, and between two checkpoints
N_TRAIN, N_HELD_OUT = 5000, 2000
DATA = {"eight": "八团点", "spiral": "螺旋线"}
ROWS = {
    "real": "真数据",
    "gan": "GAN",
    "gan_momentum": "GAN，动量 0.9",
    "vae": "VAE",
    "autoregressive": "自回归",
}
COLUMNS = {
    "covered": ("占住的份数（共 8）", ".1f"),
    "near": ("落在数据上的样本", ".1%"),
    "narrow": ("团最窄处的标准差", ".3f"),
    "rarest": ("最少的一份，占应得的", ".0%"),
    "lonely": ("身边没有样本的真点", ".1%"),
    "energy": ("能量距离", ".4f"),
    "exact": ("对数似然：精确", ".2f"),
    "weighted": ("对数似然：重要性加权", ".2f"),
    "bound": ("对数似然：下界", ".2f"),
    "kernel": ("对数似然：核密度估计", ".2f"),
    "passes": ("抽样要过几次网络", ".0f"),
    "setback": ("后半程最大的倒退", ".1%"),
    "cpu_seconds": ("训练的 CPU 秒", ".1f"),
}
DIGITS = 4


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Train one family on one data set and judge it; or judge fresh real points.

    All seeds and families have the same training and held-out points.
    """
    name, row = variant.split("_", maxsplit=1)
    data = plane_data(name)
    train = data.sample(N_TRAIN, generator=set_seed(1000))
    held_out = data.sample(N_HELD_OUT, generator=set_seed(1001))
    if row == "real":
        fresh = data.sample(N_HELD_OUT, generator=set_seed(seed))
        figures = families.judge_samples(fresh, data, held_out)
        figures["exact"] = float(data.log_density(held_out).mean())
        figures["setback"] = setback_of_real_points(seed, data)
    else:
        figures = fit_and_judge(row, seed, data, train, held_out)
    known = {name: value for name, value in figures.items() if value is not None}
    return {
        column: round(known[column], DIGITS) if column in known else None
        for column in COLUMNS
    }


def setback_of_real_points(seed: int, data) -> float:
    """What the setback of a perfect model that never moves would be."""
    clouds = (
        data.sample(N_HELD_OUT, generator=set_seed(STEPS * (seed + 1) + step))
        for step in range(EVERY, STEPS + 1, EVERY)
    )
    return families.largest_setback([families.near_share(c, data) for c in clouds])


def fit_and_judge(row: str, seed: int, data, train, held_out) -> dict[str, float]:
    """Figures of one family, trained as the chapter does."""
    family, _, momentum = row.partition("_")
    set_seed(seed)
    model = families.FAMILIES[family]()
    shares, pauses = [], []

    def look(step, _):
        if step % EVERY == 0:
            begun = time.process_time()
            samples = families.sample_points(model, N_HELD_OUT, seed=step)
            shares.append(families.near_share(samples, data))
            pauses.append(time.process_time() - begun)

    begun = time.process_time()
    betas = (0.9, 0.99) if momentum else None  # the first one alone is another
    families.train_family(model, train, steps=STEPS, betas=betas, seed=seed, watch=look)
    seconds = time.process_time() - begun - sum(pauses)
    return families.evaluate(model, data, held_out, seed=seed) | {
        "passes": families.count_passes(model),
        "setback": families.largest_setback(shares),
        "cpu_seconds": seconds,
    }


TABLE = Table(
    name="toy_families",
    measure=measure,
    variants={
        f"{name}_{row}": f"{DATA[name]}：{ROWS[row]}" for name in DATA for row in ROWS
    },
    columns=COLUMNS,
    seeds=(0, 1, 2, 3, 4),
    data=None,
    times=("cpu_seconds",),
)
