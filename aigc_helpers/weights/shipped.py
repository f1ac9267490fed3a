"""Networks and their cards on disk: list, read, build, write."""

import hashlib
import importlib
import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from aigc_helpers.files import whole, write_text
from aigc_helpers.reader import Mistake

FOLDER = Path(__file__).parent  # where these functions look by default
EXPLORER = "explorer."  # begins the names of what is an explorer's, not the network's
RECIPE = {"module", "class", "arguments"}  # what a card tells of its network

_NO_NETWORK = (  # what a module or an argument that does not exist raises
    ImportError,
    AttributeError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    RuntimeError,
)


def names(folder: Path | None = None) -> list[str]:
    """Names of the networks in a folder, by default of those that were shipped."""
    return sorted(path.stem for path in Path(folder or FOLDER).glob("*.json"))


def card(name: str, folder: Path | None = None) -> dict:
    """What is known of a network.

    Raises
    ------
    ValueError
        If there is no network of that name (lists those there are), or its card is
        damaged.
    """
    path = Path(folder or FOLDER) / f"{name}.json"
    if not path.is_file():
        raise Mistake(
            f"no weights named {name!r}; there are {names(folder)}",
            f"随书没有叫 {name!r} 的网络，可以写：{names(folder)}。",
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found["sha256"], str):
            raise TypeError(f"sha256 is {found['sha256']!r}")
        if set(found["network"]) != RECIPE:
            raise KeyError(f"network must have {sorted(RECIPE)}")
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"card {path.name} is damaged ({error}); install aigc_helpers again"
        ) from error
    return found


def load(
    name: str,
    *,
    into: nn.Module | None = None,
    folder: Path | None = None,
    facts: dict | None = None,
) -> nn.Module:
    """The trained network in evaluation mode, or ``into`` with its weights.

    ``facts`` is its card, if that has been read already.

    Raises
    ------
    ValueError
        If the name is unknown, the file is damaged, or ``into`` has other sizes.
    """
    facts = facts or card(name, folder)
    tensors = {
        key: value
        for key, value in _read(name, folder, facts).items()
        if not key.startswith(EXPLORER)
    }
    recipe = facts["network"]
    if into is None:  # shapes first, without memory: a card may ask for anything
        with torch.device("meta"):
            _require_same_shapes(name, recipe, build(recipe).state_dict(), tensors)
    with torch.random.fork_rng(devices=[]):  # loading draws no random numbers
        network = build(recipe) if into is None else into
    _require_same_shapes(name, recipe, network.state_dict(), tensors)
    network.load_state_dict(tensors)
    return network.eval()


def load_decoder(name: str, facts: dict | None = None) -> nn.Module:
    """A shipped network as its explorer runs it, built from the card's ``decoder``.

    A class of the network's own module, built on the network: z (B, latent_dim),
    and one-hot y if conditional, to images in [0, 1], or to a pair of images and
    numbers (B,). ``facts`` is the card, if that has been read already. What else the
    class takes, the card's ``explorer`` entry names: ``decoder_networks``, other
    shipped networks, each with the checksum of the one that was meant, and
    ``decoder_tensors``, which lie beside the weights.

    Raises
    ------
    ValueError
        If the card names no decoder, one that there is not, or one that was made
        with another network than the one which lies here.
    """
    facts = facts or card(name)
    try:
        kind = _network_class(facts["network"]["module"], facts["explorer"]["decoder"])
        return kind(load(name, facts=facts), **_decoder_parts(name, facts)).eval()
    except _NO_NETWORK as error:
        raise ValueError(f"{name!r} has no decoder for an explorer: {error}") from error


def _decoder_parts(name: str, facts: dict) -> dict:
    """What a decoder takes beside the network, by the names of its parameters."""
    explorer, parts = facts["explorer"], {}
    for key, asked in explorer.get("decoder_networks", {}).items():
        other = card(asked["name"])
        if other["sha256"] != asked["sha256"]:
            raise ValueError(f"it was made with another {asked['name']!r}")
        parts[key] = load(asked["name"], facts=other)
    if wanted := explorer.get("decoder_tensors"):
        tensors = explorer_tensors(name, facts)
        parts |= {key: tensors[key] for key in wanted}
    return parts


def directions(name: str) -> torch.Tensor | None:
    """(n_directions, latent_dim) directions for the explorer's sliders, if any."""
    return explorer_tensors(name).get("directions")


def explorer_tensors(name: str, facts: dict | None = None) -> dict[str, torch.Tensor]:
    """What an explorer needs beside the card: directions, or points and labels."""
    facts = facts or card(name, FOLDER)
    return {
        key.removeprefix(EXPLORER): value
        for key, value in _read(name, None, facts).items()
        if key.startswith(EXPLORER)
    }


def build(recipe: dict) -> nn.Module:
    """A new network from ``{"module", "class", "arguments"}`` of a card.

    Raises
    ------
    ValueError
        If the package has no such network, or it does not take these arguments.
    """
    try:
        return _network_class(recipe["module"], recipe["class"])(**recipe["arguments"])
    except _NO_NETWORK as error:
        raise ValueError(f"no network can be built from {recipe}: {error}") from error


def _network_class(module: str, name: str) -> type[nn.Module]:
    """A class of networks in a module of the package."""
    found = getattr(importlib.import_module(f"aigc_helpers.{module}"), name)
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise TypeError(f"{name} is no network")
    return found


def save(
    name: str,
    network: nn.Module,
    facts: dict,
    *,
    folder: Path,
    tensors: dict[str, torch.Tensor] | None = None,
    half: bool = False,
) -> Path:
    """Write a network and its card, each whole or not at all.

    ``facts`` must hold ``network``, see `build`; ``tensors`` are for an explorer, see
    `explorer_tensors`. With ``half`` floating-point numbers take 16 bits in the file;
    `load` makes them float32 again.
    """
    stored = {key: value.contiguous() for key, value in network.state_dict().items()}
    if half:
        stored = {
            key: value.half() if value.is_floating_point() else value
            for key, value in stored.items()
        }
    for key, value in (tensors or {}).items():
        stored[f"{EXPLORER}{key}"] = value.contiguous()
    path = Path(folder) / f"{name}.safetensors"
    with whole(path) as scratch:
        save_file(stored, scratch)
        facts = {**facts, "sha256": _sha256(scratch)}
    text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    write_text(path.with_suffix(".json"), text)
    return path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(name: str, folder: Path | None, facts: dict) -> dict[str, torch.Tensor]:
    """All tensors of a network, after its checksum was compared with the card's."""
    path = Path(folder or FOLDER) / f"{name}.safetensors"
    expected = facts["sha256"]
    found = _sha256(path) if path.exists() else "no file"
    if found != expected:
        raise Mistake(
            f"weights {path.name} are damaged (SHA-256 {found}, expected {expected}); "
            "install aigc_helpers again",
            f"{path.name} 损坏了：重新安装 aigc_helpers。",
        )
    try:
        return load_file(path)
    except (SafetensorError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path.name} holds no weights ({error})") from error


def _require_same_shapes(name: str, recipe: dict, wanted: dict, given: dict) -> None:
    """Raise a ValueError that names the first tensor whose shape differs."""
    for key in sorted(wanted.keys() | given.keys()):
        shapes = [tuple(t[key].shape) if key in t else None for t in (wanted, given)]
        if shapes[0] != shapes[1]:
            raise Mistake(
                f"weights {name!r} do not fit this network: {key} is {shapes[1]} in "
                f"the file and {shapes[0]} in the network. Build it with "
                f"{recipe['arguments']}.",
                f"随书的权重 {name!r} 装不进这个网络（{key} 的形状不同）：造网络时"
                f"写 {recipe['arguments']}。",
            )
