"""What a latent explorer shows: sizes, directions, names, presets, first state."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aigc_helpers.explorers.sampling import gaussian

MAX_AXES = 6  # sliders when no directions are given: the first latent axes
PRESETS = (
    {"name": "原点 z = 0", "base": 0},
    {"name": "A 与 B 的中点", "t": 0.5},
    {"name": "远离原点", "coordinates": 3.0},
)
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
    _check_size("latent_dim", latent_dim, 1)
    _check_size("n_classes", n_classes, 0)
    _check_size("seed", seed, 0)
    axes = _directions(directions, latent_dim)
    if not 0 <= label < max(n_classes, 1):
        raise ValueError(f"label {label} is not one of {n_classes} classes")
    return LatentSetting(
        latent_dim,
        n_classes,
        axes,
        _names(names, len(axes)),
        _presets(PRESETS if presets is None else presets, len(axes)),
        seed,
        label,
    )


def _check_size(name: str, value: Any, low: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise ValueError(f"{name} must be an integer >= {low}, not {value!r}")


def _directions(directions: Any, latent_dim: int) -> np.ndarray:
    if directions is None:
        return np.eye(min(MAX_AXES, latent_dim), latent_dim, dtype=np.float32)
    axes = np.asarray(directions, dtype=np.float32)
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
    if len(names) != n or not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"names must be {n} texts, one for each direction: {names!r}")
    return tuple(names)


def _presets(presets: Sequence[dict], n: int) -> tuple[dict, ...]:
    checked = []
    for preset in presets:
        if not preset.get("name") or set(preset) - _PRESET_KEYS:
            raise ValueError(
                f"a preset has a name and {sorted(_PRESET_KEYS)}: {preset}"
            )
        full = dict(preset)
        if "coordinates" in full:
            values = np.broadcast_to(np.asarray(full["coordinates"], float), (n,))
            full["coordinates"] = values.tolist()
        checked.append(full)
    return tuple(checked)
