"""What a site needs of the explorers: files, exported networks, shipped pages."""

from collections.abc import Callable
from pathlib import Path

from aigc_helpers import weights
from aigc_helpers.explorers import kinds
from aigc_helpers.explorers.modules import page_files


def shipped_page(name: str) -> str:
    """HTML of the explorer that the card of a shipped network asks for.

    Raises
    ------
    ValueError
        If there is no such network, or no explorer that shows it.
    """
    card = weights.card(name)
    return _task("shipped_page", name, card)(name, card)


def export_network(name: str, folder: Path) -> Path:
    """Write ``<folder>/<name>.onnx`` unless it is up to date, as its kind does it.

    A kind whose page needs no onnxruntime names another ``SUFFIX``.

    Raises
    ------
    ValueError
        If no explorer shows the network.
    ExportError
        If the file differs from torch.
    """
    card = weights.card(name)
    export = _task("export_shipped", name, card)
    suffix = getattr(kinds.part(kinds.kind_of(card), "page"), "SUFFIX", ".onnx")
    return export(name, card, Path(folder) / f"{name}{suffix}")


def export_all(folder: Path) -> list[Path]:
    """Export every shipped network that an explorer shows."""
    names = [name for name in weights.names() if kinds.kind_of(weights.card(name))]
    return [export_network(name, folder) for name in names]


def _task(task: str, name: str, card: dict) -> Callable:
    """What the page of the card's kind defines for shipped networks."""
    kind = kinds.kind_of(card)
    page = kinds.part(kind, "page") if kind in kinds.names() else None
    if not hasattr(page, task):
        raise ValueError(
            f"the card of {name!r} asks for an explorer {kind!r}; no kind of that name "
            "shows shipped networks"
        )
    return getattr(page, task)


def stage(folder: Path) -> list[Path]:
    """Write the explorers' files and the exported networks below ``folder``."""
    return stage_front(folder) + export_all(Path(folder) / "networks")


def stage_front(folder: Path) -> list[Path]:
    """Write the explorers' modules and their style sheet below ``folder``."""
    staged = []
    for name, text in page_files().items():
        path, content = Path(folder) / "explorers" / name, text.encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        staged.append(path)
    return staged
