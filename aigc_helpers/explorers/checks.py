"""What explorers ask of what they are given: numbers, texts, presets, options.

A check raises ValueError with the name of what does not fit, and says what would.
"""

import base64
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from aigc_helpers.reader import Mistake, WrongCall

# ---- numbers ---------------------------------------------------------------------


def check_integer(name: str, value: Any, low: int, high: int) -> None:
    """An int in low..high, and no bool."""
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    if not is_integer or not low <= value <= high:
        raise Mistake(
            f"{name} must be an integer in {low}..{high}, not {value!r}",
            f"{name} 写成了 {value!r}，应当是 {low} 到 {high} 的整数。",
        )


def check_finite(name: str, values: np.ndarray) -> None:
    """Neither NaN nor infinity."""
    if not np.isfinite(values).all():
        raise Mistake(
            f"there is NaN or infinity in {name}", f"{name} 里有 NaN 或无穷大。"
        )


def finite_numbers(
    name: str, value: Any, shape: tuple[int, ...], fit: Callable = np.broadcast_to
) -> np.ndarray:
    """Finite float64 numbers of that shape.

    ``fit`` brings an array into it: by default one number stands for all, with
    ``np.reshape`` the number of numbers counts alone.
    """
    try:
        values = fit(np.asarray(value, dtype=np.float64), shape)
    except (TypeError, ValueError, OverflowError) as error:
        raise Mistake(
            f"{name} must be numbers {shape}: {error}",
            f"{name} 应当是形状 {shape} 的数。",
        ) from error
    check_finite(name, values)
    return values


def number_list(name: str, values: Any, *sizes: int) -> list[float]:
    """Finite floats, as many as one of the sizes says."""
    try:
        numbers = [float(value) for value in values]
    except (TypeError, ValueError, OverflowError):
        numbers = []
    if len(numbers) not in sizes or not np.isfinite(numbers).all():
        raise Mistake(
            f"{name} needs {sizes[0]} finite numbers, not {values!r}",
            f"{name} 写成了 {values!r}，应当是 {sizes[0]} 个数。",
        )
    return numbers


def array_of(values: Any) -> np.ndarray:
    """NumPy array of a list, an array, or a tensor on any device."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return np.asarray(values)


# ---- texts and what is made of them ------------------------------------------------


def check_text(name: str, text: Any, most: int) -> None:
    """A text of at most so many characters."""
    if not isinstance(text, str) or len(text) > most:
        raise Mistake(
            f"{name} must be a text of at most {most} characters: {text!r}",
            f"{name} 应当是不超过 {most} 字的文字，这里是 {text!r}。",
        )


def name_tuple(name: str, texts: Any, n: int) -> tuple[str, ...]:
    """So many texts, none of them empty."""
    check_sequence(name, texts)
    if len(texts) != n or not all(isinstance(text, str) and text for text in texts):
        raise Mistake(
            f"{name} must be {n} texts, none of them empty: {texts!r}",
            f"{name} 应当是 {n} 段文字，没有空的，这里是 {texts!r}。",
        )
    return tuple(texts)


def check_sequence(name: str, value: Any) -> None:
    """A list or a tuple; no text."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise Mistake(
            f"{name} must be a list, not {value!r}",
            f"{name} 写成了 {value!r}，应当是一个列表。",
        )


def preset_of(preset: Any, keys: Collection[str], *, whole: bool = False) -> dict:
    """A copy of a preset: its name, and any of the keys; with ``whole`` all."""
    name = preset.get("name") if isinstance(preset, dict) else None
    given = set(preset) - {"name"} if name and isinstance(name, str) else {None}
    if not given <= set(keys) or (whole and given != set(keys)):
        share = "all" if whole else "any"
        raise Mistake(
            f"a preset has a name and {share} of {[*keys]}: {preset!r}",
            f"预设 {preset!r} 不对：要有名字 name，其余的只能写 {[*keys]}。",
        )
    return dict(preset)


def options_of(kind: type, options: dict) -> Any:
    """The dataclass of these options.

    Raises
    ------
    TypeError
        If there is one that it does not have; names it, and those that it has.
    """
    names = [field.name for field in fields(kind)]
    if unknown := sorted(set(options) - set(names)):
        raise WrongCall(
            f"unknown options {unknown}; there are {names}",
            f"没有 {'、'.join(unknown)} 这样的选项，可以写：{'、'.join(names)}。",
        )
    return kind(**options)


# ---- for the module: numbers as text and as bytes ---------------------------------


def base64_of(content: np.ndarray | bytes) -> str:
    """An array's numbers row by row, or bytes, as base64."""
    if isinstance(content, np.ndarray):
        content = content.tobytes()
    return base64.b64encode(content).decode("ascii")


def float32_bytes(values: Any) -> bytes:
    """Little-endian float32 numbers, row by row."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def unit_pixels(values: np.ndarray, who: tuple[str, str], advice: tuple[str, str]):
    """Pixels that a network returned, cut to [0, 1] where rounding left it.

    ``who`` names the network, ``advice`` says what to do about other values; both in
    English and in Chinese.

    Raises
    ------
    Mistake
        If a value is not finite, or farther than 1e-3 from [0, 1].
    """
    english, chinese = who
    if not np.isfinite(values).all():
        raise Mistake(
            f"the {english} returned NaN or infinity; is it trained?",
            f"{chinese}返回了 NaN 或无穷大：网络训练过了吗？",
        )
    low, high = float(values.min()), float(values.max())
    if low < -1e-3 or high > 1 + 1e-3:
        raise Mistake(
            f"the {english} returned values in [{low:.3g}, {high:.3g}]; images lie in "
            f"[0, 1] ({advice[0]})",
            f"{chinese}返回的像素从 {low:.3g} 到 {high:.3g}，应当在 0 到 1 之间："
            f"{advice[1]}",
        )
    return values.clip(0, 1)
