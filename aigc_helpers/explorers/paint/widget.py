"""The paint explorer: a hole painted into a photograph, which a network fills."""

import base64
import binascii
from typing import Any

import numpy as np
import traitlets

from aigc_helpers import weights
from aigc_helpers.explorers.base import Explorer, is_small
from aigc_helpers.explorers.checks import check_integer, float32_bytes
from aigc_helpers.explorers.paint import page
from aigc_helpers.explorers.paint.filling import (
    Filler,
    fill_hole,
    latent_dim_of,
    load_filler,
)
from aigc_helpers.explorers.paint.holes import hole_of, named_hole, unpacked
from aigc_helpers.explorers.paint.rivals import smooth_filling
from aigc_helpers.explorers.paint.setting import paint_setting, state_of
from aigc_helpers.explorers.seeded import MAX_SEED
from aigc_helpers.reader import Mistake


class PaintExplorer(Explorer):
    """A photograph with a hole, and beside it who fills it how well (inpainting).

    The reader paints the hole. The network fills it, the mean picture is pasted into
    it, and a smooth surface is drawn over it; each has its root mean squared error
    inside the hole, in grey levels of 0..1. A photograph of the reader's own is shown
    as well, and kept neither here nor in the notebook.

    Parameters
    ----------
    network : callable
        ``network(image, hole)``, both (B, 1, H, W), the image in [0, 1] and the hole
        of 0 and 1 (1 is to be filled), to (B, 1, H, W) in [0, 1]. With an attribute
        ``latent_dim`` above 0 it takes z (B, latent_dim) third, and answers otherwise
        for each.
    photographs : uint8 array (N, H, W)
        At most 20, sides of 8 to 128 pixels.
    shipped : str, optional
        Name of the shipped network that answers where no kernel runs. If it fills
        otherwise than ``network``, a warning says so and the page has the first
        hole's answer alone.
    names : sequence of str, optional
        Names of the photographs.
    mean : array (H, W), optional
        The mean of the training photographs, uint8 or in [0, 1].
    hole : str or array (H, W)
        "lower", "centre", "strokes", "none", "all", or 0 and 1.
    photo : int
        Which photograph is shown first, from 0.
    seed : int
        Of the sample z; `seeded.gaussian` draws it, here and on the page.

    Attributes
    ----------
    hole : bool array (H, W)
        The present hole, read-only; page and Python set it for each other.
    photo, seed : int

    Raises
    ------
    Mistake
        If pictures, names, the hole, a number or the network do not fit.
    """

    _kind = "paint"
    hole = traitlets.Any()
    photo = traitlets.Int(0)
    seed = traitlets.Int(0)

    def __init__(
        self,
        network: Filler,
        photographs: Any,
        *,
        shipped: str | None = None,
        **options: Any,
    ):
        setting = paint_setting(photographs, **options)
        self._setting, self._network = setting, network
        fill_hole(network, setting.image(setting.photo), setting.hole, setting.seed)
        self._shipped = shipped if shipped and _fills_alike(shipped, self) else ""
        super().__init__(
            setting.config(source="kernel", latent_dim=latent_dim_of(network)),
            setting.state(),
            hole=setting.hole,
            photo=setting.photo,
            seed=setting.seed,
        )

    def __repr__(self) -> str:
        n_photographs, height, width = self._setting.photographs.shape
        return f"PaintExplorer({n_photographs} photographs, {height}x{width} pixels)"

    @property
    def filled(self) -> np.ndarray:
        """The present photograph with its hole filled by the network, (H, W)."""
        image = self._setting.image(self.photo)
        return fill_hole(self._network, image, self.hole, self.seed)

    @property
    def smooth(self) -> np.ndarray:
        """The same, filled with the smoothest surface; see `rivals.smooth_filling`."""
        return smooth_filling(self._setting.image(self.photo), self.hole)

    @property
    def errors(self) -> dict[str, float]:
        """Root mean squared errors inside the hole: "network", "mean", "smooth"."""
        shown = page.answers(self._setting, self._state, self._network)
        return page.errors(self._setting, self._state, shown)

    @traitlets.validate("hole")
    def _fit_hole(self, proposal: Any) -> np.ndarray:
        return hole_of(proposal["value"], self._setting.shape)

    @traitlets.validate("photo", "seed")
    def _fit_number(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        last = len(self._setting.photographs) - 1 if name == "photo" else MAX_SEED
        check_integer(name, value, 0, last)
        return value

    @traitlets.observe("hole", "photo", "seed", "_state")
    def _follow(self, change: Any) -> None:
        """Page and Python set hole, photograph and seed for each other."""
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                self.hole = unpacked(change.new["hole"], self._setting.shape)
                self.photo, self.seed = change.new["photo"], change.new["seed"]
            else:
                self._state = state_of(self.photo, self.hole, self.seed)

    def _static_html(self) -> str:
        state = state_of(self.photo, self.hole, self.seed)  # nothing else is stored
        return page.static_html(
            self._setting, state, self._network, shipped=self._shipped
        )

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """The filled picture (H, W), float32; a reader's own photograph comes along."""
        hole = unpacked(content["hole"], self._setting.shape)
        if "pixels" in content:
            image = _own(content["pixels"], self._setting.shape)
        else:
            image = self._setting.image(content["photo"])
        filled = fill_hole(self._network, image, hole, content["seed"])
        return {}, [float32_bytes(filled)]


def _own(text: str, shape: tuple[int, int]) -> np.ndarray:
    """A photograph (H, W) in [0, 1], float32, of the bytes that the page sent."""
    try:
        content = base64.b64decode(text, validate=True)
        pixels = np.frombuffer(content, np.uint8).reshape(shape)
    except (TypeError, ValueError, binascii.Error) as error:
        raise Mistake(
            f"no photograph {shape}: {error}", "照片的数据不对：再选一次。"
        ) from error
    return pixels.astype(np.float32) / 255


def _fills_alike(shipped: str, explorer: PaintExplorer) -> bool:
    """Whether a shipped network fills the lower half as the explorer's does."""
    card, setting = weights.card(shipped), explorer._setting
    page.shipped_setting(shipped, card)  # raises if it is for none
    theirs, ours = load_filler(shipped, card), explorer._network
    gap = np.inf
    if latent_dim_of(theirs) == latent_dim_of(ours):
        hole = named_hole("lower", setting.shape)
        inputs = setting.image(setting.photo), hole, setting.seed
        gap = np.abs(fill_hole(theirs, *inputs) - fill_hole(ours, *inputs)).max()
    return is_small(
        gap,
        f"随书的网络 {shipped!r} 填的和 network 填的不一样（最多差 {gap:.2g}）："
        "保存下来的图不用这个网络，只有开始那个洞的答案。",
    )
