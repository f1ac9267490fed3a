"""What a recipe is, and what a subject must bring for its recipes."""

from collections.abc import Callable
from dataclasses import dataclass, field

MNIST = "MNIST, 60,000 training images (LeCun, Cortes, Burges)"


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a shipped network."""

    module: str
    network: str
    title: str  # Chinese, shown to readers
    steps: int
    batch_size: int
    arguments: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)  # more of the training loop
    first: dict = field(default_factory=dict)  # what an explorer opens with
    data: str | Callable[[], str] = MNIST  # or what tells it, of the data that lie here
    half: bool = False  # store the weights as float16

    @property
    def instructions(self) -> dict:
        """How `weights.build` makes the network."""
        return {
            "module": self.module,
            "class": self.network,
            "arguments": self.arguments,
        }


@dataclass(frozen=True)
class Subject:
    """What the recipes of one module have in common.

    Attributes
    ----------
    train : callable
        ``train(recipe, steps, seed, checkpoint)`` gives network and history.
    measure : callable
        ``measure(network)`` gives the metrics of a card; each has a Chinese name in
        ``FIGURES`` of the module that measures it.
    explorer : callable, optional
        ``explorer(network)`` gives what an explorer must know; without it, none can
        show the network.
    tensors : callable, optional
        ``tensors(network)`` gives the explorer's tensors by name, see `weights.save`.
    sample : callable, optional
        ``sample(network, n, seed)`` gives n of what the network ``makes``; without it,
        that is nothing.
    makes : str
        ``"images"`` (n, C, H, W) in [0, 1]: ``sample`` takes ``label=`` too, a class
        that is wanted. ``"texts"``, a list: it takes ``explorer=``, the card's entry.
    networks : tuple of str
        Shipped networks that ``measure`` loads; they are trained first.
    """

    train: Callable
    measure: Callable
    explorer: Callable | None = None
    tensors: Callable | None = None
    sample: Callable | None = None
    makes: str = "images"
    networks: tuple[str, ...] = ()
