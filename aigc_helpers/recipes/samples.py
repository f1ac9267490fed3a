"""Samples of the shipped networks as files: what ``aigc sample`` writes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from aigc_helpers import weights
from aigc_helpers.files import whole
from aigc_helpers.reader import Mistake
from aigc_helpers.recipes.recipe import Subject
from aigc_helpers.recipes.shipping import find_subject

FORMATS = {"images": ("png", "npy"), "texts": ("txt",)}  # the first is the usual one
MOST_SEED = 2**32 - 1


class OrderError(Mistake):
    """Samples that cannot be had."""


@dataclass(frozen=True)
class Order:
    """So many samples of a shipped network, always the same for one seed.

    Attributes
    ----------
    name : str
        Of the network.
    n : int
        How many, 1 or more.
    seed : int
        In 0..2**32 - 1.
    label : int, optional
        The class, for a network that has classes; without it each comes in turn.
    weights_folder : path
        Where the network lies, by default among those that were shipped.
    """

    name: str
    n: int
    seed: int = 0
    label: int | None = None
    weights_folder: Path = weights.FOLDER

    @property
    def card(self) -> dict:
        """What is known of the network."""
        return weights.card(self.name, self.weights_folder)


def sample(order: Order) -> torch.Tensor | list[str]:
    """Images (n, C, H, W) in [0, 1], or texts.

    Raises
    ------
    OrderError
        If there is no such network, it generates nothing, or a number does not fit.
    """
    subject = _subject_of(order)
    options = {"label": order.label}
    if subject.makes == "texts":
        options = {"explorer": order.card.get("explorer", {})}
    network = weights.load(order.name, folder=order.weights_folder)
    return subject.sample(network, order.n, order.seed, **options)


def write(order: Order, folder: Path | str, format: str | None = None) -> list[Path]:
    """Write samples to a new folder, all or none; return the files.

    Parameters
    ----------
    format : str, optional
        ``"png"`` (a file for each image), ``"npy"`` (one array, float32 (n, C, H, W)
        in [0, 1]) or ``"txt"`` (a file for each text, UTF-8, a line end behind it).

    Raises
    ------
    OrderError
        See `sample`; also if something stands at ``folder``, or the format does not
        fit.
    """
    folder, formats = Path(folder), FORMATS[_subject_of(order).makes]
    format = format or formats[0]
    if format not in formats:
        fits = "、".join(formats)
        raise OrderError(
            f"{order.name} is written as {formats}, not {format!r}",
            f"{order.name} 的样本只能存为 {fits}，不能存为 {format}",
        )
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise OrderError(
            f"{folder} exists and is not an empty folder",
            f"{folder} 已经存在，而且不是空文件夹；请换一个名字",
        )
    samples = sample(order)
    with whole(folder) as scratch:
        scratch.mkdir()
        names = [
            write_file(scratch / name, content, order).name
            for name, content in _contents(order, samples, format)
        ]
    return [folder / name for name in names]


def write_file(path: Path, content, order: Order) -> Path:
    """Write one file by its ending, the only place where samples become bytes.

    ``order`` is what made the content; so far no file tells it.
    """
    if path.suffix == ".png":
        Image.fromarray(content).save(path)
    elif path.suffix == ".npy":
        np.save(path, content)
    else:
        path.write_text(f"{content}\n", encoding="utf-8", newline="\n")
    return path


def _contents(order: Order, samples: torch.Tensor | Sequence[str], format: str):
    """Name and content of each file."""
    if format == "npy":
        return [(f"{order.name}.npy", samples.numpy())]
    if format == "png":
        samples = map(_pixels, samples)
    width = max(4, len(str(order.n)))
    return [
        (f"{order.name}-{i:0{width}}.{format}", content)
        for i, content in enumerate(samples, 1)
    ]


def _pixels(image: torch.Tensor) -> np.ndarray:
    """An image (C, H, W) in [0, 1] as bytes, (H, W) or (H, W, 3)."""
    pixels = (image.clamp(0, 1) * 255).round().byte().movedim(0, 2)  # (H, W, C)
    return pixels.numpy()[..., 0] if pixels.shape[2] == 1 else pixels.numpy()


def _subject_of(order: Order) -> Subject:
    """What belongs to the network, after a look at the whole order."""
    name, n, seed = order.name, order.n, order.seed
    known = weights.names(order.weights_folder)
    if name not in known:
        names = [n for n in known if _subject(replace(order, name=n)).sample]
        raise OrderError(
            f"no network named {name!r}; there are {names}",
            f"没有名为 {name} 的网络；能生成的有 {'、'.join(names)}",
        )
    subject = _subject(order)
    if subject.sample is None:
        raise OrderError(f"{name} generates nothing", f"{name} 不生成东西，没有样本")
    if n < 1:
        raise OrderError(f"n must be 1 or more, not {n}", f"个数至少是 1，不能是 {n}")
    if not 0 <= seed <= MOST_SEED:
        raise OrderError(
            f"seed must be in 0..{MOST_SEED}, not {seed}",
            f"随机种子要在 0 到 {MOST_SEED} 之间，不能是 {seed}",
        )
    if order.label is not None:
        _require_class(order)
    return subject


def _subject(order: Order) -> Subject:
    return find_subject(order.name, order.card["network"]["module"])


def _require_class(order: Order) -> None:
    name, label = order.name, order.label
    n_classes = order.card.get("explorer", {}).get("n_classes", 0)
    if not n_classes:
        raise OrderError(f"{name} has no classes", f"{name} 不分类别，不能指定类别")
    if not 0 <= label < n_classes:
        raise OrderError(
            f"label must be in 0..{n_classes - 1}, not {label}",
            f"{name} 的类别是 0 到 {n_classes - 1}，没有 {label}",
        )
