"""Small trained networks that come with the package, each with a card.

A network is two files: ``NAME.safetensors`` (its tensors, and the latent directions an
explorer shows) and ``NAME.json`` (the card: data, command, seed, metrics, licence).
"""

import hashlib
import importlib
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

FOLDER = Path(__file__).parent
DIRECTIONS = "explorer.directions"


def names(folder: Path = FOLDER) -> list[str]:
    """Names of the networks in a folder, by default of those that were shipped."""
    return sorted(path.stem for path in Path(folder).glob("*.json"))


def card(name: str, folder: Path = FOLDER) -> dict:
    """What is known of a network.

    Raises
    ------
    ValueError
        If there is no network of that name; lists those there are.
    """
    path = Path(folder) / f"{name}.json"
    if not path.exists():
        raise ValueError(f"no weights named {name!r}; there are {names(folder)}")
    return json.loads(path.read_text(encoding="utf-8"))


def load(
    name: str, *, into: nn.Module | None = None, folder: Path = FOLDER
) -> nn.Module:
    """The trained network in evaluation mode, or ``into`` with its weights.

    Raises
    ------
    ValueError
        If the name is unknown, the file is damaged, or ``into`` has other sizes.
    """
    tensors = _read(name, folder)
    tensors.pop(DIRECTIONS, None)
    recipe = card(name, folder)["network"]
    with torch.random.fork_rng(devices=[]):  # loading draws no random numbers
        network = build(recipe) if into is None else into
    _require_same_shapes(name, recipe, network.state_dict(), tensors)
    network.load_state_dict(tensors)
    return network.eval()


def directions(name: str) -> torch.Tensor | None:
    """(n_directions, latent_dim) directions for the explorer's sliders, if any."""
    return _read(name, FOLDER).get(DIRECTIONS)


def build(recipe: dict) -> nn.Module:
    """A new network from ``{"module", "class", "arguments"}`` of a card."""
    module = importlib.import_module(f"aigc_helpers.{recipe['module']}")
    return getattr(module, recipe["class"])(**recipe["arguments"])


def save(
    name: str, network: nn.Module, facts: dict, *, folder: Path, directions=None
) -> Path:
    """Write a network and its card, each whole or not at all.

    ``facts`` must hold ``network``, see `build`.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {key: value.contiguous() for key, value in network.state_dict().items()}
    if directions is not None:
        tensors[DIRECTIONS] = directions.contiguous()
    path = folder / f"{name}.safetensors"
    scratch = path.with_suffix(".part")
    save_file(tensors, scratch)
    facts = {**facts, "sha256": _sha256(scratch)}
    scratch.replace(path)
    text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path.with_suffix(".json"))
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(name: str, folder: Path) -> dict[str, torch.Tensor]:
    """All tensors of a network, after its checksum was compared with the card's."""
    path = Path(folder) / f"{name}.safetensors"
    expected = card(name, folder)["sha256"]
    found = _sha256(path) if path.exists() else "no file"
    if found != expected:
        raise ValueError(
            f"weights {path.name} are damaged (SHA-256 {found}, expected {expected}); "
            "install aigc_helpers again"
        )
    return load_file(path)


def _require_same_shapes(name: str, recipe: dict, wanted: dict, given: dict) -> None:
    """Raise a ValueError that names the first tensor whose shape differs."""
    for key in sorted(wanted.keys() | given.keys()):
        shapes = [tuple(t[key].shape) if key in t else None for t in (wanted, given)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"weights {name!r} do not fit this network: {key} is {shapes[1]} in "
                f"the file and {shapes[0]} in the network. Build it with "
                f"{recipe['arguments']}."
            )
