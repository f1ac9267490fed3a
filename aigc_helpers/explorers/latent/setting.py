"""What a latent explorer shows: sizes, directions, names, presets, first state."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

import numpy as np

from aigc_helpers.explorers.checks import (
    base64_of,
    check_finite,
    check_integer,
    check_sequence,
    finite_numbers,
    name_tuple,
    options_of,
    preset_of,
)
from aigc_helpers.explorers.latent.words import WORDS
from aigc_helpers.explorers.seeded import MAX_SEED, gaussian
from aigc_helpers.reader import Mistake

MAX_AXES = 6  # sliders when no directions are given: the first latent axes
PRESETS = (
    {"name": WORDS["origin"], "base": 0},
    {"name": WORDS["halfway"], "t": 0.5},
    {"name": WORDS["far"], "coordinates": 3.0},
)
MAX_LATENT, MAX_CLASSES = 65_536, 10_000
_PRESET_KEYS = ("seed", "base", "coordinates", "label", "t")


@dataclass(frozen=True)
class Readout:
    """What is said of the number that the decoder gives beside each picture."""

    words: str  # one of WORDS["readouts"]
    numbers: dict[str, float]  # that these words name

    @property
    def shown(self) -> str:
        """The sentence under a picture, with ``{value}`` where its number goes."""
        shown = WORDS["readouts"][self.words]["shown"]
        return shown.format(value="{value}", **self.numbers)

    def poster(self, values: np.ndarray, first: float) -> str:
        """The sentence under many pictures, of which one is the first to be seen."""
        found = {"low": values.min(), "high": values.max(), "value": first}
        return WORDS["readouts"][self.words]["poster"].format(**found, **self.numbers)


@dataclass(frozen=True)
class LatentSetting:
    """A checked setting; make it with `latent_setting`."""

    latent_dim: int
    n_classes: int
    directions: np.ndarray  # (n, latent_dim)
    names: tuple[str, ...]
    presets: tuple[dict, ...]
    seed: int
    label: int
    readout: Readout | None = None

    @property
    def base(self) -> np.ndarray:
        """The sample that the sliders start from, (latent_dim,)."""
        return gaussian(self.seed, self.latent_dim)

    def config(self, *, source: str, shape: Sequence[int], network: str = "") -> dict:
        """The part of the module's state that never changes."""
        words = {} if self.readout is None else {"readout": self.readout.shown}
        return {
            "source": source,
            "network": network,
            **words,
            "latent_dim": self.latent_dim,
            "n_classes": self.n_classes,
            "shape": [int(size) for size in shape],
            "names": list(self.names),
            "directions": base64_of(self.directions.astype("<f4")),
            "presets": list(self.presets),
        }

    def state(self) -> dict:
        """The part that moves, at its start; base null is the sample of the seed."""
        return {
            "seed": self.seed,
            "base": None,
            "t": 0.0,
            "coordinates": [0.0] * len(self.directions),
            "label": self.label,
        }


@dataclass(frozen=True)
class LatentOptions:
    """What may be left out of a setting."""

    directions: Any = None
    names: Sequence[str] | None = None
    presets: Sequence[dict] | None = None
    seed: int = 0
    label: int = 0
    readout: dict | None = None


def latent_setting(latent_dim: int, n_classes: int, **options: Any) -> LatentSetting:
    """Check everything and fill in what is left out; see `LatentOptions`.

    Raises
    ------
    ValueError
        If a size, a name, a preset or a number does not fit.
    """
    asked = options_of(LatentOptions, options)
    check_integer("latent_dim", latent_dim, 1, MAX_LATENT)
    check_integer("n_classes", n_classes, 0, MAX_CLASSES)
    check_integer("seed", asked.seed, 0, MAX_SEED)
    axes = _directions(asked.directions, latent_dim)
    _check_label(asked.label, n_classes)
    presets = PRESETS if asked.presets is None else asked.presets
    check_sequence("presets", presets)
    return LatentSetting(
        latent_dim,
        n_classes,
        axes,
        _names(asked.names, len(axes)),
        tuple(_preset(preset, axes, n_classes) for preset in presets),
        asked.seed,
        asked.label,
        None if asked.readout is None else _readout(asked.readout),
    )


def _readout(readout: Any) -> Readout:
    """Words that there are, and the numbers that they name, no more and no fewer."""
    numbers = dict(readout) if isinstance(readout, dict) else {}
    words, known = numbers.pop("words", None), WORDS["readouts"]
    if words not in known:
        raise Mistake(
            f"readout must have words, one of {sorted(known)}: {readout!r}",
            f"readout 写成了 {readout!r}，它的 words 可以是：{'、'.join(known)}。",
        )
    fields = {field for _, field, _, _ in Formatter().parse(known[words]["shown"])}
    wanted = sorted(fields - {"value", None})
    if sorted(numbers) != wanted:
        raise Mistake(
            f"the readout {words!r} needs the numbers {wanted}, not {sorted(numbers)}",
            f"readout 的 {words} 要写这些数：{'、'.join(wanted)}。",
        )
    return Readout(
        words,
        {key: float(finite_numbers(key, value, ())) for key, value in numbers.items()},
    )


def _check_label(label: Any, n_classes: int) -> None:
    if not isinstance(label, int) or not 0 <= label < max(n_classes, 1):
        raise Mistake(
            f"label {label!r} is not one of {n_classes} classes",
            f"label 写成了 {label!r}，应当是 0 到 {max(n_classes, 1) - 1} 的整数。",
        )


def _directions(directions: Any, latent_dim: int) -> np.ndarray:
    if directions is None:
        return np.eye(min(MAX_AXES, latent_dim), latent_dim, dtype=np.float32)
    try:
        axes = np.asarray(directions, dtype=np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise Mistake(
            f"directions must be rows of numbers: {error}",
            "directions 应当是一行一行的数。",
        ) from error
    if axes.ndim != 2 or axes.shape[0] == 0 or axes.shape[1] != latent_dim:
        raise Mistake(
            f"directions have shape {axes.shape}; expected (n, {latent_dim}), "
            "one row for each slider and one column for each latent dimension",
            f"directions 的形状是 {axes.shape}，应当是 (n, {latent_dim})：每个"
            "滑块一行。",
        )
    check_finite("directions", axes)
    return axes


def _names(names: Sequence[str] | None, n: int) -> tuple[str, ...]:
    if names is None:
        return tuple(WORDS["direction"].format(n=i + 1) for i in range(n))
    return name_tuple("names", names, n)


def _preset(preset: Any, axes: np.ndarray, n_classes: int) -> dict:
    """A preset with its numbers checked and its coordinates written out."""
    full, (n, latent_dim) = preset_of(preset, _PRESET_KEYS), axes.shape
    if "coordinates" in full:
        coordinates = finite_numbers("coordinates", full["coordinates"], (n,))
        full["coordinates"] = coordinates.tolist()
    if "base" in full:  # 0 is the origin
        base = finite_numbers("base", full["base"], (latent_dim,))
        full["base"] = base.tolist() if base.any() else 0
    if "t" in full:
        full["t"] = float(finite_numbers("t", full["t"], ()))
        if not 0 <= full["t"] <= 1:
            raise Mistake(
                f"t must be in 0..1, not {full['t']}",
                f"t 写成了 {full['t']}，应当在 0 到 1 之间。",
            )
    if "seed" in full:
        check_integer("seed", full["seed"], 0, MAX_SEED)
    if "label" in full:
        _check_label(full["label"], n_classes)
    return full
