"""What a sweep's function gives for each value: checked, and made ready to store."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from aigc_helpers.explorers.checks import array_of
from aigc_helpers.explorers.sprites import levelled
from aigc_helpers.reader import Mistake

PICTURE, NUMBER, TEXT = "picture", "number", "text"
Record = dict[str, Any]  # uint8 pictures, floats, texts, by name


def checked_record(result: Any, at: str) -> Record:
    """A function's result as a record; figures are drawn, and closed.

    Parameters
    ----------
    result : mapping or named tuple
        Pictures (H, W) or (H, W, 3) in [0, 1], matplotlib figures, numbers, texts.
    at : str
        The value in words, for errors.

    Raises
    ------
    ValueError
        If there is no part, or one that is none of these.
    """
    if hasattr(result, "_asdict"):
        result = result._asdict()
    if not isinstance(result, Mapping) or not result:
        raise Mistake(
            f"at {at} compute returned {type(result).__name__}; it must return a "
            'dictionary of named parts, like {"样本": image, "损失": 0.3}',
            f"在 {at} 处，函数返回的是 {type(result).__name__}。它应当返回一个"
            f'字典，给每样东西一个名字，例如 {{"样本": 图, "损失": 0.3}}；是不'
            "是忘了 return？",
        )
    return {str(name): _part(part, name, at) for name, part in result.items()}


def kinds_of(record: Record) -> dict[str, str]:
    """Kind of each part, by name."""
    kinds = {str: TEXT, float: NUMBER, np.ndarray: PICTURE}
    return {name: kinds[type(part)] for name, part in record.items()}


def check_alike(record: Record, first: Record, at: str) -> None:
    """Raise ValueError unless two records have the same parts and picture sizes."""
    if kinds_of(record) != kinds_of(first):
        raise Mistake(
            f"at {at} compute returned {kinds_of(record)}; at the first value "
            f"{kinds_of(first)}: every value needs the same parts",
            f"在 {at} 处，函数返回了 {kinds_of(record)}；第一次是 "
            f"{kinds_of(first)}。每次都要返回同样的几样。",
        )
    for name, part in record.items():
        if isinstance(part, np.ndarray) and part.shape != first[name].shape:
            raise Mistake(
                f"at {at} the picture {name!r} is {part.shape}, at the first value "
                f"{first[name].shape}: give all pictures one size",
                f"在 {at} 处，图 {name!r} 的大小是 {part.shape}，第一次是 "
                f"{first[name].shape}：每张图要一样大。",
            )


def _part(part: Any, name: str, at: str) -> Any:
    """A text, a float, or a picture in uint8."""
    if isinstance(part, str):
        return part
    if hasattr(part, "savefig"):
        return _drawn(part)
    values = array_of(part)
    where = f"at {at} the part {name!r}"
    if values.dtype.kind not in "iuf":
        raise Mistake(
            f"{where} is {type(part).__name__}; parts are numbers, texts, pictures "
            "(H, W) or (H, W, 3) in [0, 1], and matplotlib figures",
            f"在 {at} 处，{name!r} 是 {type(part).__name__}。可以返回的是数、"
            "文字、0 到 1 的图 (H, W) 或 (H, W, 3)、matplotlib 的图。",
        )
    return float(values) if values.ndim == 0 else _picture(values, at, name)


def _picture(values: np.ndarray, at: str, name: str) -> np.ndarray:
    shape, where = values.shape, f"at {at} the part {name!r}"
    if len(shape) not in (2, 3) or 0 in shape or (len(shape) == 3 and shape[2] != 3):
        raise Mistake(
            f"{where} has shape {shape}; pictures are (H, W) or (H, W, 3)",
            f"图的形状应当是 (H, W) 或 (H, W, 3)，在 {at} 处，{name!r} 是 {shape}。",
        )
    if not np.isfinite(values).all() or values.min() < -1e-3 or values.max() > 1 + 1e-3:
        raise Mistake(
            f"{where} has values in [{values.min():.3g}, {values.max():.3g}]; pictures "
            "lie in [0, 1] (divide uint8 by 255; after tanh take (x + 1) / 2)",
            f"在 {at} 处，图 {name!r} 的像素从 {values.min():.3g} 到 "
            f"{values.max():.3g}，应当在 0 到 1 之间：uint8 先除以 255，tanh 的输出用 "
            "(x + 1) / 2 换算。",
        )
    return levelled(values.clip(0, 1), 256)


def _drawn(figure: Any) -> np.ndarray:
    """A matplotlib figure as uint8 (H, W, 3), always of its own size."""
    from matplotlib import pyplot as plt

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=figure.dpi, bbox_inches=figure.bbox_inches)
    plt.close(figure)  # a notebook would show it once more
    return np.asarray(Image.open(buffer).convert("RGB"))
