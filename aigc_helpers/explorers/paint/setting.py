"""What a paint explorer shows: photographs, their names, a mean, a hole, a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aigc_helpers.explorers.checks import (
    array_of,
    base64_of,
    check_integer,
    finite_numbers,
    name_tuple,
    options_of,
)
from aigc_helpers.explorers.paint.holes import NAMES, hole_of, named_hole, packed
from aigc_helpers.explorers.paint.words import WORDS
from aigc_helpers.explorers.seeded import MAX_SEED
from aigc_helpers.reader import Mistake

MOST_PHOTOGRAPHS = 20  # one byte a pixel in the page
SIDES = 8, 128  # pixels, the shortest and the longest side
FINEST = 65_535  # the stored answer's pixels are uint16


@dataclass(frozen=True)
class PaintSetting:
    """A checked setting; make it with `paint_setting`."""

    photographs: np.ndarray  # (N, H, W) uint8
    names: tuple[str, ...]
    mean: np.ndarray | None  # (H, W) uint8
    hole: np.ndarray  # (H, W) bool, where it starts
    photo: int
    seed: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.photographs.shape[1:]

    def image(self, photo: int) -> np.ndarray:
        """A photograph (H, W) in [0, 1], float32."""
        return self.photographs[photo].astype(np.float32) / 255

    def config(self, *, source: str, latent_dim: int, network: str = "") -> dict:
        """The part of the module's state that never changes."""
        holes = {name: packed(named_hole(name, self.shape)) for name in NAMES}
        return {
            "source": source,
            "network": network,
            "latent_dim": latent_dim,
            "shape": list(self.shape),
            "photographs": base64_of(self.photographs),
            "names": list(self.names),
            "mean": "" if self.mean is None else base64_of(self.mean),
            "holes": holes,
        }

    def state(self) -> dict:
        """The part that moves, at its start."""
        return state_of(self.photo, self.hole, self.seed)


def state_of(photo: int, hole: np.ndarray, seed: int) -> dict:
    """The part of the module's state that moves; no pixel of a photograph is in it."""
    return {"photo": photo, "hole": packed(hole), "seed": seed}


@dataclass(frozen=True)
class PaintOptions:
    """What may be left out of a setting."""

    names: Sequence[str] | None = None
    mean: Any = None
    hole: Any = "lower"
    photo: int = 0
    seed: int = 0


def paint_setting(photographs: Any, **options: Any) -> PaintSetting:
    """Check everything and fill in what is left out; see `PaintOptions`.

    Raises
    ------
    Mistake
        If pictures, names, the hole or a number do not fit.
    WrongCall
        If there is no such option.
    """
    asked = options_of(PaintOptions, options)
    pictures = _photographs(photographs)
    n_pictures, shape = len(pictures), pictures.shape[1:]
    names = asked.names
    if names is None:
        names = [WORDS["photograph"].format(n=i + 1) for i in range(n_pictures)]
    check_integer("photo", asked.photo, 0, n_pictures - 1)
    check_integer("seed", asked.seed, 0, MAX_SEED)
    return PaintSetting(
        pictures,
        name_tuple("names", names, n_pictures),
        None if asked.mean is None else _mean(asked.mean, shape),
        hole_of(asked.hole, shape),
        asked.photo,
        asked.seed,
    )


def _photographs(values: Any) -> np.ndarray:
    pictures = array_of(values)
    least, most = SIDES
    fits = pictures.ndim == 3 and least <= min(pictures.shape[1:], default=0)
    if not fits or max(pictures.shape[1:]) > most or pictures.dtype != np.uint8:
        raise Mistake(
            f"photographs are uint8 (N, H, W), sides of {least} to {most} pixels, not "
            f"{pictures.dtype} {pictures.shape}",
            f"照片应当是 uint8 的数组，形状 (N, 高, 宽)，边长 {least} 到 {most}，"
            f"这里是 {pictures.dtype} {pictures.shape}：小数的先乘 255 再取整。",
        )
    if not 1 <= len(pictures) <= MOST_PHOTOGRAPHS:
        raise Mistake(
            f"an explorer shows 1 to {MOST_PHOTOGRAPHS} photographs, not "
            f"{len(pictures)}: all of them lie in the page",
            f"照片要有 1 到 {MOST_PHOTOGRAPHS} 张，这里有 {len(pictures)} 张：它们"
            "全都存在网页里，挑一些就好。",
        )
    return np.ascontiguousarray(pictures)


def _mean(mean: Any, shape: tuple[int, int]) -> np.ndarray:
    """A mean picture (H, W) as uint8, from uint8 or numbers in [0, 1]."""
    values = array_of(mean)
    if values.shape != shape:
        raise Mistake(
            f"the mean picture is {values.shape}, the photographs are {shape}",
            f"平均脸的形状是 {values.shape}，照片是 {shape}：两边要一样大。",
        )
    is_bytes = values.dtype == np.uint8
    numbers = finite_numbers("mean", values, shape)
    if not is_bytes and (numbers.min() < 0 or numbers.max() > 1):
        raise Mistake(
            "a mean picture of floats must lie in [0, 1]",
            "平均脸是小数时应当在 0 到 1 之间：0 到 255 的用 uint8，或者除以 255。",
        )
    return np.rint(numbers * (1 if is_bytes else 255)).astype(np.uint8)
