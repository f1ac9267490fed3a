"""What becomes of an input on its way through a network: shapes, part by part."""

import inspect
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from aigc_helpers.reader import Mistake


@dataclass(frozen=True)
class Block:
    """A tensor of a route: its shape without the batch, a name if it has one."""

    shape: tuple[int, ...]
    name: str = ""
    is_index: bool = False  # whole numbers, such as tokens

    def __str__(self) -> str:
        return "×".join(map(str, self.shape)) or "1"


@dataclass(frozen=True)
class Stage:
    """One tensor or several, and what is written at the arrow that leads to them."""

    label: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Route:
    """A title, and stages in order: the inputs, a stage for each part, the output."""

    title: str
    stages: tuple[Stage, ...]


def network_route(
    network,
    *inputs,
    parts: Mapping[str, str | Sequence[str]],
    title: str = "",
    batch_axis: int = 0,
) -> Route:
    """The shapes that ``network(*inputs)`` makes, for `route_drawing`.

    The network runs once, in evaluation mode, without gradients; its weights, its mode
    and the state of the CPU's random numbers stay as they were.

    Parameters
    ----------
    network : nn.Module
    *inputs : tensor
        As for a call; the names are those of ``forward``.
    parts
        Path of a part (as in ``named_modules``) to the text at its arrow, or to that
        text and the names of its outputs; outputs without a name are then left out. Of
        a part that runs several times, the first run is shown. With ``>`` before the
        path, what the part receives: for what happens between two parts.
    title
        Text above the drawing.
    batch_axis
        Axis of the inputs that counts the examples; it is not shown.

    Raises
    ------
    Mistake
        If there are no inputs or no parts, or a part is unknown, never runs, or has no
        tensor to show; the network's output counts as one.
    """
    size = _batch_size(inputs, batch_axis)
    _require_known(parts, dict(network.named_modules()))
    outputs = _outputs(network, inputs, [*parts, ""])

    def blocks(value, names=()):
        return _blocks(value, names, size, batch_axis)

    stages = [Stage("", blocks(inputs, _argument_names(network, len(inputs))))]
    for path, text in parts.items():
        label, *names = [text] if isinstance(text, str) else text
        stages.append(Stage(label, blocks(outputs[path], names)))
    end = Stage("", blocks(outputs[""])[:1])
    if _without_ones(end.blocks[0]) != _without_ones(stages[-1].blocks[0]):
        stages.append(end)
    return Route(title, tuple(stages))


def _batch_size(inputs: tuple, axis: int) -> int:
    """How many examples the inputs hold; raises a Mistake if there are none."""
    shape = next((tuple(tensor.shape) for tensor in _tensors(inputs)), ())
    if not -len(shape) <= axis < len(shape):
        raise Mistake(
            f"no inputs with an axis {axis} that counts the examples",
            f"没有给输入，或者输入没有第 {axis} 轴（数样本的那一轴）："
            "在网络后面写上一批输入。",
        )
    return shape[axis]


def _require_tensors(value, path: str) -> None:
    """Raises a Mistake unless a value, of a part or of the network, holds a tensor."""
    if next(_tensors(value), None) is None:
        part = repr(path) if path else "the network"
        said = f"{path!r} 这一部分" if path else "整个网络"
        raise Mistake(
            f"{part} has no tensor to show, but {type(value).__name__}",
            f"{said}没有张量可画，只有 {type(value).__name__}。",
        )


def _require_known(parts: Mapping, modules: Mapping) -> None:
    """Raises a Mistake unless the path of each part leads to a module."""
    unknown = [path for path in parts if path.removeprefix(">") not in modules]
    if not parts or unknown:
        names = [path for path in modules if path]
        what = f"no part {unknown[0]!r}" if unknown else "no parts"
        said = f"没有 {unknown[0]!r} 这一部分" if unknown else "没有给要画的部分"
        raise Mistake(f"{what}; there are {names}", f"{said}，可以写：{names}。")


def _outputs(network, inputs, paths: list[str]) -> dict:
    """The first output of each part, or input after ``>``; the network's path is "".

    Raises a Mistake if a part never runs or has no tensor.
    """
    modules, seen = dict(network.named_modules()), {}

    def keep(path, _module, received, output):
        seen.setdefault(path, received if path.startswith(">") else output)

    hooks = [
        modules[path.removeprefix(">")].register_forward_hook(partial(keep, path))
        for path in dict.fromkeys(paths)
    ]
    try:
        with _undisturbed(network):
            network(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    idle = [path for path in paths if path not in seen]
    if idle:
        raise Mistake(
            f"the parts {idle} never ran", f"{idle} 在这次前向计算里没有用到。"
        )
    for path in paths:
        _require_tensors(seen[path], path)
    return seen


@contextmanager
def _undisturbed(network):
    """Context of a forward pass that leaves no trace."""
    import torch

    from aigc_helpers.runtime import evaluation_mode

    with torch.no_grad(), torch.random.fork_rng(devices=[]), evaluation_mode(network):
        yield


def _argument_names(network, n: int) -> list[str]:
    """Names of the first n arguments of ``forward``."""
    names = list(inspect.signature(network.forward).parameters)
    names += names[-1:] * n  # *y stands for several
    said = {"input": "输入", "tokens": "编号"}
    return [said.get(name, name) for name in names[:n]]


def _blocks(value, names, size: int, axis: int) -> tuple[Block, ...]:
    """The tensors of a value, however nested; with names, as many as there are."""
    tensors = list(_tensors(value))
    names = list(names) or [""] * len(tensors)
    return tuple(
        Block(
            _shape_of_one(tuple(tensor.shape), size, axis),
            name,
            not (tensor.is_floating_point() or tensor.is_complex()),
        )
        for tensor, name in zip(tensors, names, strict=False)
    )


def _tensors(value):
    """Tensors in tuples, lists and dictionaries, in their order."""
    if hasattr(value, "is_floating_point"):
        yield value
    elif isinstance(value, Mapping):
        yield from _tensors(list(value.values()))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _tensors(part)


def _shape_of_one(shape: tuple, size: int, axis: int) -> tuple:
    """The shape without the axis that counts the examples.

    That is the axis of the inputs; a recurrent state (1, B, H) has another one.
    """
    if shape[axis : axis + 1] != (size,):
        axis = shape.index(size) if size in shape else len(shape)
    return shape[:axis] + shape[axis + 1 :]


def _without_ones(block: Block) -> tuple[int, ...]:
    return tuple(side for side in block.shape if side != 1)
