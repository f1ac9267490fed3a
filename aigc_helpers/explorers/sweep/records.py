"""What a sweep's function gives for each value: checked, and made ready to store."""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

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
        raise ValueError(
            f"at {at} compute returned {type(result).__name__}; it must return a "
            'dictionary of named parts, like {"样本": image, "损失": 0.3}'
        )
    return {str(name): _part(part, name, at) for name, part in result.items()}


def kinds_of(record: Record) -> dict[str, str]:
    """Kind of each part, by name."""
    kinds = {str: TEXT, float: NUMBER, np.ndarray: PICTURE}
    return {name: kinds[type(part)] for name, part in record.items()}


def check_alike(record: Record, first: Record, at: str) -> None:
    """Raise ValueError unless two records have the same parts and picture sizes."""
    if kinds_of(record) != kinds_of(first):
        raise ValueError(
            f"at {at} compute returned {kinds_of(record)}; at the first value "
            f"{kinds_of(first)}: every value needs the same parts"
        )
    for name, part in record.items():
        if isinstance(part, np.ndarray) and part.shape != first[name].shape:
            raise ValueError(
                f"at {at} the picture {name!r} is {part.shape}, at the first value "
                f"{first[name].shape}: give all pictures one size"
            )


def _part(part: Any, name: str, at: str) -> Any:
    """A text, a float, or a picture in uint8."""
    if isinstance(part, str):
        return part
    if hasattr(part, "savefig"):
        return _drawn(part)
    if hasattr(part, "detach"):
        part = part.detach().cpu().numpy()
    values = np.asarray(part)
    where = f"at {at} the part {name!r}"
    if values.dtype.kind not in "iuf":
        raise ValueError(
            f"{where} is {type(part).__name__}; parts are numbers, texts, pictures "
            "(H, W) or (H, W, 3) in [0, 1], and matplotlib figures"
        )
    return float(values) if values.ndim == 0 else _picture(values, where)


def _picture(values: np.ndarray, where: str) -> np.ndarray:
    shape = values.shape
    if len(shape) not in (2, 3) or 0 in shape or (len(shape) == 3 and shape[2] != 3):
        raise ValueError(f"{where} has shape {shape}; pictures are (H, W) or (H, W, 3)")
    if not np.isfinite(values).all() or values.min() < -1e-3 or values.max() > 1 + 1e-3:
        raise ValueError(
            f"{where} has values in [{values.min():.3g}, {values.max():.3g}]; pictures "
            "lie in [0, 1] (divide uint8 by 255; after tanh take (x + 1) / 2)"
        )
    return np.rint(values.clip(0, 1) * 255).astype(np.uint8)


def _drawn(figure: Any) -> np.ndarray:
    """A matplotlib figure as uint8 (H, W, 3), always of its own size."""
    from matplotlib import pyplot as plt

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=figure.dpi, bbox_inches=figure.bbox_inches)
    plt.close(figure)  # a notebook would show it once more
    return np.asarray(Image.open(buffer).convert("RGB"))


@dataclass(frozen=True)
class Axis:
    """One slider: its name, and its values in rising order."""

    name: str
    values: tuple[float, ...]

    @property
    def log(self) -> bool:
        """Whether the values are told apart on a logarithmic scale."""
        low, high = self.values[0], self.values[-1]
        return low > 0 and high / low >= 30

    def nearest(self, value: float) -> float:
        """The stored value that is nearest on the axis's scale."""
        return min(self.values, key=lambda stored: self._gap(stored, value))

    def _gap(self, a: float, b: float) -> float:
        if self.log:
            return abs(math.log(a / b)) if b > 0 else a
        return abs(a - b)

    def words(self, value: float) -> str:
        """The value with its name, for errors and captions."""
        return f"{self.name} = {written(value)}"

    def checked(self, value: Any) -> float:
        """A number between the ends, an int where all values are.

        Raises
        ------
        ValueError
            If it is none, or lies outside.
        """
        low, high = self.values[0], self.values[-1]
        if not isinstance(value, int | float):
            raise ValueError(f"{self.name} is a number, not {value!r}")
        if not low <= value <= high:
            raise ValueError(f"{self.words(value)} is not between {low} and {high}")
        whole = all(isinstance(stored, int) for stored in self.values)
        if whole and value != int(value):
            raise ValueError(f"{self.name} takes whole numbers, not {value}")
        return int(value) if whole else float(value)


def written(value: float) -> str:
    """A slider's value as readers write it."""
    return str(value) if isinstance(value, int) else f"{value:g}"


def make_axis(name: Any, values: Any) -> Axis:
    """Check one slider's name and values; they are put in rising order.

    Raises
    ------
    ValueError
        If the name is no text, or the values are not two or more finite numbers.
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"name must be a text for each slider, not {name!r}")
    array = np.asarray(values)
    good = array.ndim == 1 and array.size > 1 and array.dtype.kind in "iuf"
    if (
        not good
        or not np.isfinite(array).all()
        or len(set(array.tolist())) < array.size
    ):
        raise ValueError(
            f"values of {name!r} must be two or more different finite numbers, not "
            f"{values!r}"
        )
    return Axis(name, tuple(sorted(array.tolist())))
