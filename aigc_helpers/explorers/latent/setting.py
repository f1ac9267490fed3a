"""What a latent explorer shows: sizes, directions, names, presets, first state."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aigc_helpers.explorers.seeded import gaussian

MAX_AXES = 6  # sliders when no directions are given: the first latent axes
PRESETS = (
    {"name": "原点 z = 0", "base": 0},
    {"name": "A 与 B 的中点", "t": 0.5},
    {"name": "远离原点", "coordinates": 3.0},
)
MAX_LATENT, MAX_CLASSES = 65_536, 10_000
MAX_SEED = 2**32 - 1  # `gaussian` takes 32 bits
_PRESET_KEYS = {"name", "seed", "base", "coordinates", "label", "t"}


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

    @property
    def base(self) -> np.ndarray:
        """The sample that the sliders start from, (latent_dim,)."""
        return gaussian(self.seed, self.latent_dim)

    def config(self, *, source: str, shape: Sequence[int], network: str = "") -> dict:
        """The part of the module's state that never changes."""
        packed = self.directions.astype("<f4").tobytes()
        return {
            "source": source,
            "network": network,
            "latent_dim": self.latent_dim,
            "n_classes": self.n_classes,
            "shape": [int(size) for size in shape],
            "names": list(self.names),
            "directions": base64.b64encode(packed).decode("ascii"),
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


def latent_setting(
    latent_dim: int,
    n_classes: int,
    *,
    directions: Any = None,
    names: Sequence[str] | None = None,
    presets: Sequence[dict] | None = None,
    seed: int = 0,
    label: int = 0,
) -> LatentSetting:
    """Check everything and fill in what is left out.

    Raises
    ------
    ValueError
        If a size, a name, a preset or a number does not fit.
    """
    _check_size("latent_dim", latent_dim, 1, MAX_LATENT)
    _check_size("n_classes", n_classes, 0, MAX_CLASSES)
    _check_size("seed", seed, 0, MAX_SEED)
    axes = _directions(directions, latent_dim)
    _check_label(label, n_classes)
    presets = _sequence("presets", PRESETS if presets is None else presets)
    return LatentSetting(
        latent_dim,
        n_classes,
        axes,
        _names(names, len(axes)),
        tuple(_preset(preset, axes, n_classes) for preset in presets),
        seed,
        label,
    )


def _check_size(name: str, value: Any, low: int, high: int) -> None:
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    if not is_integer or not low <= value <= high:
        raise ValueError(f"{name} must be an integer in {low}..{high}, not {value!r}")


def _check_label(label: Any, n_classes: int) -> None:
    if not isinstance(label, int) or not 0 <= label < max(n_classes, 1):
        raise ValueError(f"label {label!r} is not one of {n_classes} classes")


def _sequence(name: str, value: Any) -> Sequence:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise ValueError(f"{name} must be a list, not {value!r}")
    return value


def _numbers(name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Finite numbers of that shape; one number stands for all."""
    try:
        values = np.broadcast_to(np.asarray(value, dtype=np.float64), shape)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} must be numbers {shape}: {error}") from error
    if not np.isfinite(values).all():
        raise ValueError(f"{name} contain NaN or infinity")
    return values


def _directions(directions: Any, latent_dim: int) -> np.ndarray:
    if directions is None:
        return np.eye(min(MAX_AXES, latent_dim), latent_dim, dtype=np.float32)
    try:
        axes = np.asarray(directions, dtype=np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"directions must be rows of numbers: {error}") from error
    if axes.ndim != 2 or axes.shape[0] == 0 or axes.shape[1] != latent_dim:
        raise ValueError(
            f"directions have shape {axes.shape}; expected (n, {latent_dim}), "
            "one row for each slider and one column for each latent dimension"
        )
    if not np.isfinite(axes).all():
        raise ValueError("directions contain NaN or infinity")
    return axes


def _names(names: Sequence[str] | None, n: int) -> tuple[str, ...]:
    if names is None:
        return tuple(f"方向 {i + 1}" for i in range(n))
    names = _sequence("names", names)
    if len(names) != n or not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"names must be {n} texts, one for each direction: {names!r}")
    return tuple(names)


def _preset(preset: Any, axes: np.ndarray, n_classes: int) -> dict:
    """A preset with its numbers checked and its coordinates written out."""
    is_known = isinstance(preset, dict) and not set(preset) - _PRESET_KEYS
    if not is_known or not isinstance(preset.get("name"), str) or not preset["name"]:
        raise ValueError(
            f"a preset has a name and of {sorted(_PRESET_KEYS)} what it sets: "
            f"{preset!r}"
        )
    full, (n, latent_dim) = dict(preset), axes.shape
    if "coordinates" in full:
        full["coordinates"] = _numbers(
            "coordinates", full["coordinates"], (n,)
        ).tolist()
    if "base" in full:  # 0 is the origin
        base = _numbers("base", full["base"], (latent_dim,))
        full["base"] = base.tolist() if base.any() else 0
    if "t" in full:
        full["t"] = float(_numbers("t", full["t"], ()))
        if not 0 <= full["t"] <= 1:
            raise ValueError(f"t must be in 0..1, not {full['t']}")
    if "seed" in full:
        _check_size("seed", full["seed"], 0, MAX_SEED)
    if "label" in full:
        _check_label(full["label"], n_classes)
    return full
