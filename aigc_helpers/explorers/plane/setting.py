"""What a plane explorer shows: bounds, encoded points, classes, presets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aigc_helpers.explorers.checks import (
    array_of,
    base64_of,
    check_finite,
    check_sequence,
    name_tuple,
    number_list,
    options_of,
    preset_of,
)
from aigc_helpers.explorers.plane.words import WORDS
from aigc_helpers.reader import Mistake

MOST_POINTS = 2000  # of the encoded data that are drawn
MOST_CLASSES = 10  # more colours cannot be told apart
_FINEST = 32767  # a point's place is stored as an int16 in [-_FINEST, _FINEST]
_PRESET_KEYS = ("z", "show")
Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class PlaneSetting:
    """A checked setting; make it with `plane_setting`."""

    bounds: Bounds  # (low, high) of z1 and of z2
    points: np.ndarray  # (N, 2) float32, inside the bounds
    labels: np.ndarray  # (N,) uint8
    class_names: tuple[str, ...]
    presets: tuple[dict, ...]
    start: tuple[float, float]

    def config(self, *, source: str, shape: Sequence[int], network: str = "") -> dict:
        """The part of the module's state that never changes."""
        low, high = np.asarray(self.bounds).T
        places = np.rint((2 * (self.points - low) / (high - low) - 1) * _FINEST)
        return {
            "source": source,
            "network": network,
            "shape": [int(size) for size in shape],
            "bounds": [list(axis) for axis in self.bounds],
            "points": base64_of(places.astype("<i2")),
            "labels": base64_of(self.labels) if self.class_names else "",
            "class_names": list(self.class_names),
            "presets": list(self.presets),
        }

    def state(self) -> dict:
        """The part that moves, at its start."""
        shown = list(range(len(self.class_names)))
        return {"z": list(self.start), "show": shown, "grid": False}

    def clip(self, z: Any) -> list[float]:
        """Nearest place inside the bounds."""
        low, high = np.asarray(self.bounds).T
        return np.clip(np.asarray(z, np.float64), low, high).tolist()


@dataclass(frozen=True)
class PlaneOptions:
    """What may be left out of a setting."""

    bounds: Any = None
    class_names: Sequence[str] | None = None
    presets: Sequence[dict] | None = None
    start: Sequence[float] | None = None


def plane_setting(points: Any, labels: Any = None, **options: Any) -> PlaneSetting:
    """Check everything and fill in what is left out; see `PlaneOptions`.

    Raises
    ------
    ValueError
        If a shape, a number, a name or a preset does not fit.
    """
    asked = options_of(PlaneOptions, options)
    points = _points(points)
    labels, names = _classes(labels, asked.class_names, len(points))
    box = _around(points) if asked.bounds is None else _bounds(asked.bounds)
    points, labels = _drawn(points, labels, box)
    presets = asked.presets
    if presets is None:
        presets = _default_presets(points, box)
    return PlaneSetting(
        box,
        points,
        labels,
        names,
        _presets(presets, box, len(names)),
        _start(asked.start, box),
    )


def _start(start: Any, box: Bounds) -> tuple[float, float]:
    """The first place; by default the origin, or what is nearest to it."""
    if start is None:
        return tuple(np.clip([0.0, 0.0], *np.asarray(box).T).tolist())
    place = number_list("start", start, 2)
    if not _inside(np.array([place]), box).all():
        raise Mistake(
            f"start {place} lies outside the bounds {box}",
            f"起点 {place} 在画面 {box} 之外。",
        )
    return tuple(place)


def _points(points: Any) -> np.ndarray:
    places = array_of(points).astype(np.float32)
    if places.ndim != 2 or places.shape[1] != 2 or not len(places):
        raise Mistake(
            f"points have shape {places.shape}; expected (N, 2): a plane explorer "
            "needs data encoded by a network with a 2-D latent space",
            f"points 的形状是 {places.shape}，应当是 (N, 2)：平面探索器要隐变"
            "量只有两个数的网络。",
        )
    check_finite("points", places)
    return places


def _classes(
    labels: Any, names: Sequence[str] | None, n: int
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels uint8 (n,) and class names; no names without labels."""
    if labels is None:
        if names is not None:
            raise Mistake(
                "class_names need labels, one for each point",
                "写了 class_names，就要有 labels，每个点一个。",
            )
        return np.zeros(n, np.uint8), ()
    values = array_of(labels)
    if values.shape != (n,) or values.dtype.kind not in "iu" or values.min() < 0:
        raise Mistake(
            f"labels must be {n} integers >= 0, one for each point",
            f"labels 应当是 {n} 个不小于 0 的整数，每个点一个。",
        )
    n_classes = int(values.max()) + 1 if names is None else len(names)
    if values.max() >= n_classes or n_classes > MOST_CLASSES:
        raise Mistake(
            f"label {values.max()} and {n_classes} class names: give a name to each "
            f"class, at most {MOST_CLASSES} (more colours cannot be told apart)",
            f"标签最大是 {values.max()}，名字有 {n_classes} 个：每一类要有一个"
            f"名字，最多 {MOST_CLASSES} 类。",
        )
    texts = [str(i) for i in range(n_classes)] if names is None else names
    return values.astype(np.uint8), name_tuple("class_names", texts, n_classes)


def _around(points: np.ndarray) -> Bounds:
    """A square that leaves out about 1 % of the points at each side."""
    low, high = np.quantile(points.astype(np.float64), [0.01, 0.99], axis=0)
    middle = np.rint(low + high) / 2  # halves
    half = max(float(np.max(np.maximum(high - middle, middle - low))) * 1.1, 0.5)
    half = float(np.ceil(half * 2) / 2)
    return tuple((float(m - half), float(m + half)) for m in middle)


def _bounds(bounds: Any) -> Bounds:
    """((low, high), (low, high)); one pair serves both axes."""
    message = (
        "bounds are (low, high) for both axes or ((low, high), (low, high)), finite "
        f"and low < high: {bounds!r}"
    )
    chinese = f"bounds 写成了 {bounds!r}，应当是 (低, 高)，或者两个方向各一对。"
    try:
        box = np.broadcast_to(np.asarray(bounds, dtype=np.float64), (2, 2))
    except (TypeError, ValueError) as error:
        raise Mistake(message, chinese) from error
    if not np.isfinite(box).all() or not (box[:, 0] < box[:, 1]).all():
        raise Mistake(message, chinese)
    return tuple((float(low), float(high)) for low, high in box)


def _inside(points: np.ndarray, box: Bounds) -> np.ndarray:
    low, high = np.asarray(box).T
    return ((points >= low) & (points <= high)).all(axis=1)


def _drawn(
    points: np.ndarray, labels: np.ndarray, box: Bounds
) -> tuple[np.ndarray, np.ndarray]:
    """At most MOST_POINTS of those inside the bounds, evenly picked."""
    places = np.flatnonzero(_inside(points, box))
    if not len(places):
        raise Mistake(
            f"no point lies inside the bounds {box}", f"画面 {box} 之内一个点也没有。"
        )
    if len(places) > MOST_POINTS:
        picked = np.linspace(0, len(places) - 1, MOST_POINTS)
        places = places[np.rint(picked).astype(int)]
    return points[places], labels[places]


def _default_presets(points: np.ndarray, box: Bounds) -> list[dict]:
    """The origin, and the place that is farthest from all encoded points."""
    presets = [{"name": WORDS["origin"], "z": [0, 0]}]
    if not _inside(np.zeros((1, 2)), box).all():
        presets = []
    x, y = (np.linspace(*axis, 23)[1:-1] for axis in box)
    spots = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)  # (21 * 21, 2)
    steps = spots[:, None] - points[None]  # (21 * 21, N, 2)
    gaps = np.linalg.norm(steps, axis=-1).min(axis=1)
    far = spots[gaps.argmax()].round(2).tolist()
    return [*presets, {"name": WORDS["far"], "z": far}]


def _presets(presets: Sequence[dict], box: Bounds, n_classes: int) -> tuple[dict, ...]:
    check_sequence("presets", presets)
    return tuple(_preset(preset, box, n_classes) for preset in presets)


def _preset(preset: Any, box: Bounds, n_classes: int) -> dict:
    full = preset_of(preset, _PRESET_KEYS)
    if "z" in full:
        full["z"] = number_list("z", full["z"], 2)
        if not _inside(np.array([full["z"]]), box).all():
            raise Mistake(
                f"preset {full['name']!r} lies outside {box}",
                f"预设 {full['name']!r} 在画面 {box} 之外。",
            )
    if set(full.get("show", ())) - set(range(n_classes)):
        raise Mistake(
            f"preset {full['name']!r} shows an unknown class",
            f"预设 {full['name']!r} 里有没有的类别。",
        )
    return full
