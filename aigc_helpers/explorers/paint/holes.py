"""Holes of a picture: those with a name, and how one travels as text.

A hole is a bool array (H, W), true where a pixel is to be filled.
"""

import base64
import binascii
import math
from typing import Any

import numpy as np

from aigc_helpers.explorers.checks import array_of, base64_of
from aigc_helpers.explorers.seeded import mulberry32
from aigc_helpers.reader import Mistake

NAMES = ("lower", "centre", "strokes", "none", "all")
STROKES, BENDS = 5, 4  # broken lines, and straight pieces of each
REACH, THICK = 0.14, 0.035  # length of a piece and half a line's width, of a side
_SEED = 14  # five strokes apart from each other, over the whole picture


def hole_of(value: Any, shape: tuple[int, int]) -> np.ndarray:
    """A hole by its name or from an array of 0 and 1; read-only.

    Parameters
    ----------
    value : str or array (H, W)
        One of `NAMES`, or bool, or numbers 0 and 1 (1 is to be filled).
    shape : (int, int)
        H and W.

    Raises
    ------
    Mistake
        If there is no hole of that name, or the array has another shape or values.
    """
    hole = named_hole(value, shape) if isinstance(value, str) else array_of(value)
    if hole.shape != shape or hole.dtype.kind not in "biuf":
        raise Mistake(
            f"a hole is an array {shape} of 0 and 1, not {hole.dtype} {hole.shape}",
            f"洞应当是形状 {shape} 的数组，元素是 0 或 1（1 要填），"
            f"这里是 {hole.dtype} {hole.shape}。",
        )
    if not np.isin(hole, (0, 1)).all():
        raise Mistake(
            "a hole is an array of 0 and 1; there are other numbers in it",
            "洞的数组里只能有 0 和 1（1 要填），这里还有别的数。",
        )
    hole = hole.astype(bool)  # a copy
    hole.setflags(write=False)
    return hole


def named_hole(name: str, shape: tuple[int, int]) -> np.ndarray:
    """One of `NAMES` in a picture (H, W)."""
    if name not in NAMES:
        raise Mistake(
            f"no hole is called {name!r}; there are {NAMES}",
            f"没有叫 {name!r} 的洞，可以写：{'、'.join(NAMES)}，或者给一个数组。",
        )
    height, width = shape
    if name == "strokes":
        return _strokes(shape)
    hole = np.full(shape, name == "all")
    if name == "lower":
        hole[height // 2 :] = True
    if name == "centre":
        top, left = height // 4, width // 4
        hole[top : height - top, left : width - left] = True
    return hole


def _strokes(shape: tuple[int, int]) -> np.ndarray:
    """Broken lines of a fixed seed, after the free-form masks of Yu et al. (2019)."""
    side, uniform = min(shape), mulberry32(_SEED)
    hole = np.zeros(shape, bool)
    for _ in range(STROKES):
        place = np.array([0.2 + 0.6 * next(uniform) for _ in shape]) * shape
        angle = 2 * math.pi * next(uniform)
        for _ in range(BENDS):
            angle += 2 * (next(uniform) - 0.5)
            step = REACH * side * np.array([math.sin(angle), math.cos(angle)])
            hole |= _distances(shape, place, step) <= THICK * side
            place = place + step
    return hole


def _distances(shape: tuple[int, int], start: Any, step: np.ndarray) -> np.ndarray:
    """From the middle of each pixel to a straight piece, (H, W) in pixels."""
    middles = np.moveaxis(np.indices(shape) + 0.5, 0, -1) - start  # (H, W, 2)
    share = (middles @ step / (step @ step)).clip(0, 1)  # (H, W)
    return np.linalg.norm(middles - share[..., None] * step, axis=-1)


def packed(hole: np.ndarray) -> str:
    """A hole as base64 text of its bits, row by row, the first bit the highest."""
    return base64_of(np.packbits(hole))


def unpacked(text: Any, shape: tuple[int, int]) -> np.ndarray:
    """The hole (H, W) of a text that `packed` or the page has written.

    Raises
    ------
    Mistake
        If it is no such text.
    """
    n_pixels = shape[0] * shape[1]
    try:
        content = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise Mistake(f"no hole: {error}", "洞的数据不对：刷新页面再试。") from error
    if len(content) != -(-n_pixels // 8):
        raise Mistake(
            f"a hole {shape} takes {-(-n_pixels // 8)} bytes, not {len(content)}",
            "洞的数据不对：刷新页面再试。",
        )
    bits = np.unpackbits(np.frombuffer(content, np.uint8), count=n_pixels)
    return hole_of(bits.reshape(shape), shape)
