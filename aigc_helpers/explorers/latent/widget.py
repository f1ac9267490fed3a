"""The latent explorer: sliders through the latent space of any decoder."""

from dataclasses import replace
from typing import Any

import numpy as np
import traitlets

from aigc_helpers import weights
from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.checks import float32_bytes, number_list
from aigc_helpers.explorers.decoding import Decoder, decode_measured
from aigc_helpers.explorers.latent import page
from aigc_helpers.explorers.latent.setting import latent_setting
from aigc_helpers.reader import Mistake


class LatentExplorer(Explorer):
    """Sliders along directions of a latent space, and the picture they make.

    Live, the kernel answers with ``decoder``; stored in a notebook and on a page, a
    filmstrip and the exported network ``shipped`` answer.

    Parameters
    ----------
    decoder : callable
        Maps z (B, latent_dim), and y one-hot (B, n_classes) if conditional, to
        images (B, 1, H, W) in [0, 1], or to a pair of those and numbers (B,), which
        the readout shows.
    latent_dim : int
        Length of the latent vector.
    n_classes : int
        Number of classes, 0 if the decoder takes z alone.
    shipped : str, optional
        Name of the shipped network that answers where no kernel runs.
    directions : array (n, latent_dim), optional
        One slider each, in standard deviations; by default the first six axes.
    seed, label : int
        Seed of the first sample, and its class.
    names : sequence of str, optional
        Names of the directions.
    presets : sequence of dict, optional
        Named states: "name" and any of "seed", "base" (0 or a vector),
        "coordinates", "label", "t".
    readout : dict, optional
        What is said of the decoder's number under each picture: "words", one of
        ``WORDS["readouts"]``, and the numbers that these name; by default that of
        ``shipped``.

    Attributes
    ----------
    z : list of float
        The latent vector; z = base + coordinates @ directions.
    coordinates : list of float
        One number for each slider.
    label : int
        The class.

    Raises
    ------
    ValueError
        If sizes, numbers or the decoder do not fit.
    """

    _kind = "latent"
    z = traitlets.Any()
    coordinates = traitlets.Any()
    label = traitlets.Int(0)

    def __init__(
        self,
        decoder: Decoder,
        *,
        latent_dim: int,
        n_classes: int = 0,
        shipped: str | None = None,
        **options: Any,
    ):
        setting = latent_setting(latent_dim, n_classes, **options)
        self._decoder, self._shipped = decoder, shipped
        pair = np.stack([setting.base, setting.base])
        images, numbers = decode_measured(decoder, pair, np.zeros(2, int), n_classes)
        self._card = None if shipped is None else weights.card(shipped)
        if shipped is not None:
            theirs = page.shipped_setting(shipped, self._card)  # raises if for none
            if numbers is not None and setting.readout is None:
                setting = replace(setting, readout=theirs.readout)
        page.require_words(setting, numbers)
        self._setting = setting
        super().__init__(
            setting.config(source="kernel", shape=images.shape[1:]),
            setting.state(),
            z=setting.base,
            coordinates=[0.0] * len(setting.directions),
            label=setting.label,
        )

    def __repr__(self) -> str:
        setting = self._setting
        return (
            f"LatentExplorer(latent_dim={setting.latent_dim}, "
            f"n_directions={len(setting.directions)}, n_classes={setting.n_classes})"
        )

    def _static_html(self) -> str:
        if self._shipped is None:
            return page.static_html(self._setting, self._decoder)
        return page.shipped_page(self._shipped, self._card)

    @traitlets.validate("z", "coordinates")
    def _numbers(self, proposal: Any) -> list[float]:
        name = proposal["trait"].name
        setting = self._setting
        size = setting.latent_dim if name == "z" else len(setting.directions)
        return number_list(name, proposal["value"], size)

    @traitlets.validate("label")
    def _class(self, proposal: Any) -> int:
        label, n_classes = proposal["value"], self._setting.n_classes
        if not 0 <= label < max(n_classes, 1):
            raise Mistake(
                f"label {label} is not one of {n_classes} classes",
                f"label 写成了 {label}，应当是 0 到 {max(n_classes, 1) - 1} 的整数。",
            )
        return label

    @traitlets.observe("z", "coordinates", "label", "_state")
    def _follow(self, change: Any) -> None:
        """Keep z = base + coordinates @ directions, whatever was set."""
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                self._take(change.new)
            else:
                self._tell(change)

    def _take(self, state: dict) -> None:
        """Python follows the page."""
        self.coordinates, self.label = state["coordinates"], state["label"]
        self.z = state["z"]

    def _tell(self, change: Any) -> None:
        """The page follows Python."""
        directions = self._setting.directions.astype(np.float64)
        state = {**self._state, "coordinates": self.coordinates, "label": self.label}
        if change.name == "coordinates":
            step = np.subtract(change.new, change.old) @ directions
            self.z = np.asarray(self.z) + step
        if change.name == "z":
            state["base"] = (
                self.z - np.asarray(self.coordinates) @ directions
            ).tolist()
            state["t"] = 0.0
        self._state = {**state, "z": self.z}

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """The image (H, W), float32, of a latent vector, and the decoder's number."""
        z = np.asarray([content["z"]], dtype=np.float32)
        labels = np.asarray([content["label"]])
        n_classes = self._setting.n_classes
        image, numbers = decode_measured(self._decoder, z, labels, n_classes)
        facts = {} if numbers is None else {"value": float(numbers[0])}
        return facts, [float32_bytes(image)]
