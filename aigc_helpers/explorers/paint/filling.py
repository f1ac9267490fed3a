"""Networks that fill a hole: call one, check its answer, export a shipped one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from aigc_helpers import weights
from aigc_helpers.explorers.checks import unit_pixels
from aigc_helpers.explorers.seeded import gaussian
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode
from aigc_helpers.weights import export

Filler = Callable[..., torch.Tensor]


def fill_hole(
    network: Filler, image: np.ndarray, hole: np.ndarray, seed: int = 0
) -> np.ndarray:
    """A picture whose hole the network has filled; all other pixels stay as they are.

    The network sees 0 in the hole, whatever was there.

    Parameters
    ----------
    network : callable
        ``network(image, hole)``, and z (B, latent_dim) third if it has an attribute
        ``latent_dim`` above 0; all (B, 1, H, W), to (B, 1, H, W) in [0, 1].
    image : array (H, W)
        In [0, 1].
    hole : bool array (H, W)
    seed : int
        Of the sample z, drawn as the page does.

    Returns
    -------
    array (H, W), float32

    Raises
    ------
    Mistake
        If the network does not take these inputs, or returns anything but a finite
        picture of the same size in [0, 1].
    """
    inputs = {
        "image": np.where(hole, 0, image)[None, None],  # (1, 1, H, W)
        "hole": hole[None, None],  # (1, 1, H, W)
    }
    if latent_dim := latent_dim_of(network):
        inputs["z"] = gaussian(seed, latent_dim)[None]  # (1, latent_dim)
    answer = _checked(_call(network, inputs), hole.shape)
    return np.where(hole, answer, image).astype(np.float32)


def latent_dim_of(network: Filler) -> int:
    """Length of the sample that a network takes, 0 if it takes none."""
    size = getattr(network, "latent_dim", 0)
    if not isinstance(size, int) or size < 0:
        raise Mistake(
            f"latent_dim of the network is {size!r}, not an integer >= 0",
            f"网络的 latent_dim 是 {size!r}，应当是不小于 0 的整数。",
        )
    return size


def load_filler(name: str, card: dict) -> nn.Module:
    """A shipped network, or what the card's ``decoder`` makes of it."""
    if "decoder" in card["explorer"]:
        return weights.load_decoder(name, card)
    return weights.load(name, facts=card)


def export_filler(name: str, card: dict, path: Path) -> Path:
    """Write a shipped network as ONNX; see `export.export_filler`."""
    network = load_filler(name, card)
    shape = tuple(card["explorer"]["image_shape"])
    sizes = {"image_shape": shape, "latent_dim": latent_dim_of(network)}
    return export.export_filler(network, path, **sizes)


def _call(network: Filler, inputs: dict[str, np.ndarray]) -> object:
    first = next(network.parameters(), None) if isinstance(network, nn.Module) else None
    device = torch.device("cpu") if first is None else first.device
    tensors = [torch.from_numpy(one.astype(np.float32)) for one in inputs.values()]
    try:
        with torch.no_grad(), evaluation_mode(network):
            return network(*(tensor.to(device) for tensor in tensors))
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        shapes = ", ".join(f"{name} {one.shape}" for name, one in inputs.items())
        raise Mistake(
            f"the network does not accept {shapes}. It said: {error}",
            f"网络不认得这样的输入：{shapes}。它应当能这样调用：network(image, hole)；"
            "每次答案不同的网络再加一个 z，并且有属性 latent_dim。",
        ) from error


def _checked(answer: object, shape: tuple[int, int]) -> np.ndarray:
    """Float32 (H, W) of what a network returned, or Mistake."""
    if not isinstance(answer, torch.Tensor):
        raise Mistake(
            f"the network returned {type(answer).__name__}, not a tensor",
            f"网络应当返回张量，这里返回的是 {type(answer).__name__}。",
        )
    if tuple(answer.shape) != (1, 1, *shape):
        raise Mistake(
            f"the network returned {tuple(answer.shape)}, not {(1, 1, *shape)}",
            f"网络返回的形状是 {tuple(answer.shape)}，应当和照片一样："
            f"{(1, 1, *shape)}。",
        )
    values = answer.detach().float().cpu().numpy()[0, 0]  # (H, W)
    return unit_pixels(
        values,
        ("network", "网络"),
        (
            "end it in a sigmoid, or scale what it gives",
            "结尾加一个 sigmoid，或者换算一下。",
        ),
    )
