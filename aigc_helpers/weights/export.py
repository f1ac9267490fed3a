"""Networks as ONNX files that a browser runs, compared with torch."""

import hashlib
import io
import logging
import warnings
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from aigc_helpers.files import whole
from aigc_helpers.runtime import evaluation_mode

TOLERANCE = 1e-4  # largest difference to torch over CHECKS random inputs or steps
CHECKS = 100
MOST_SOURCE, MOST_TARGET = 256, 24  # source tokens; target tokens that are compared
_FORMAT = 1  # raise it when this module writes files in another way
_KEY = "aigc_fingerprint"
_Draw = Callable[[torch.Generator, int], dict[str, torch.Tensor]]  # inputs by name


class ExportError(RuntimeError):
    """An exported network does not give what torch gives."""


def export_decoder(
    decoder: nn.Module,
    path: Path,
    *,
    latent_dim: int,
    n_classes: int = 0,
    measures: bool = False,
) -> Path:
    """Export any decoder, compare it with torch, then put the file in place.

    Inputs "z" (1, latent_dim) and, if conditional, "y" (1, n_classes); outputs "image"
    (1, 1, H, W) in [0, 1] and, of a decoder that ``measures``, "value" (1,), all
    float32.
    """
    sizes = {"z": latent_dim, **({"y": n_classes} if n_classes else {})}
    outputs = ("image", "value") if measures else ("image",)
    return export_function(decoder, path, lambda *draw: _inputs(sizes, *draw), outputs)


def export_filler(
    network: nn.Module,
    path: Path,
    *,
    image_shape: tuple[int, int, int],
    latent_dim: int = 0,
) -> Path:
    """Export a network that fills a hole in a picture, and compare it with torch.

    Inputs "image" in [0, 1] and "hole" of 0 and 1, both (1, *image_shape), and, if its
    answers differ, "z" (1, latent_dim); output "filled" (1, *image_shape) in
    [0, 1], all float32.

    Raises
    ------
    ExportError
        If any pixel differs by more than ``TOLERANCE``.
    """

    def draw(generator: torch.Generator, i: int) -> dict[str, torch.Tensor]:
        hole = torch.rand(1, *image_shape, generator=generator) < (i % 11) / 10
        image = torch.rand(1, *image_shape, generator=generator) * ~hole
        inputs = {"image": image, "hole": hole.float()}
        if latent_dim:
            inputs["z"] = torch.randn(1, latent_dim, generator=generator)
        return inputs

    return export_function(network, path, draw, ("filled",))


def export_step(model: nn.Module, path: Path) -> Path:
    """Export one step of a `language.sampling.LanguageModel`.

    Inputs "token" (1,) int64 and "state_0", "state_1", …, the model's state; outputs
    "logits" (1, V) and "next_0", "next_1", …, the state of the next step. Compared
    with torch over ``CHECKS`` steps, each side on its own states.

    Raises
    ------
    ExportError
        If any logit or state differs by more than ``TOLERANCE``.
    """
    state = tuple(model.initial_state())
    names = range(len(state))
    inputs = {"token": torch.zeros(1, dtype=torch.int64)}
    inputs.update({f"state_{i}": state[i] for i in names})
    job = _Export(
        _Step(model),
        inputs,
        ("logits", *(f"next_{i}" for i in names)),
        lambda content: _largest_step_difference(model, content),
    )
    return _export_if_stale(job, path)


def export_transducer(model: nn.Module, path: Path, sources: Sequence) -> Path:
    """Export one step of a `language.transduction.Transducer`, its encoder included.

    Inputs "source" (1, S, F) int64 for any S, "token" (1,) int64 and "state_0", …, at
    first zeros; outputs "scores", "attention" and "next_0", …, the next state. Compared
    with torch over all tokens that it writes, and 24 at most, each side on its own
    states. A network with a recurrent layer over the source says so by an attribute
    ``encoder_is_recurrent``: torch.export would unroll it to the example's length.

    Parameters
    ----------
    sources : sequence of int64 tensors (1, S, F)
        Of the kind that the network reads, of several lengths, the first with S > 1.

    Raises
    ------
    ExportError
        If any score, attention or state differs by more than ``TOLERANCE``.
    """
    inputs = _transducer_inputs(model, sources[0])
    longer = _transducer_inputs(model, torch.cat([sources[0]] * 2, 1))
    length = torch.export.Dim("length", min=1, max=MOST_SOURCE)
    sizes = [_open_sizes(value, longer[key], length) for key, value in inputs.items()]
    job = _Export(
        _TransducerStep(model),
        inputs,
        ("scores", "attention", *(f"next_{i}" for i in range(len(inputs) - 2))),
        lambda content: _largest_transduction_difference(model, content, sources),
        (*sizes[:2], tuple(sizes[2:])),
        getattr(model, "encoder_is_recurrent", False),
    )
    return _export_if_stale(job, path)


def _transducer_inputs(model: nn.Module, source: torch.Tensor) -> dict:
    """Those of the first step."""
    state = enumerate(model.initial_state(source))
    inputs = {"source": source, "token": torch.full((1,), model.line_end)}
    return inputs | {f"state_{i}": part for i, part in state}


def _open_sizes(short: torch.Tensor, long: torch.Tensor, length) -> dict:
    """The dimensions in which two tensors differ in size: the source's length."""
    sizes = enumerate(zip(short.shape, long.shape, strict=True))
    return {i: length for i, (a, b) in sizes if a != b}


class _TransducerStep(nn.Module):
    """One step of a transducer as a network of tensors alone."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, source, token, *state):
        scores, attention, state = self.model.step(source, token, state)
        return (scores, attention, *state)


class _Step(nn.Module):
    """One step of a language model as a network of tensors alone."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, token, *state):
        logits, state = self.model.step(token, state)
        return (logits, *state)


def export_function(
    network: nn.Module, path: Path, draw: _Draw, outputs: tuple, sizes=None
) -> Path:
    """Export for inputs as ``draw`` gives them; ``sizes`` are torch.export's."""
    job = _Export(
        network,
        draw(torch.Generator().manual_seed(0), 0),
        outputs,
        lambda content: _largest_difference(network, content, draw),
        sizes,
    )
    return _export_if_stale(job, path)


@dataclass(frozen=True)
class _Export:
    """What to export, and how to measure the file's difference to torch."""

    network: nn.Module
    inputs: dict[str, torch.Tensor]
    outputs: tuple[str, ...]
    difference: Callable[[bytes], float]
    sizes: tuple | None = None  # dimensions of any size, as torch.export takes them
    is_traced: bool = False  # by the older way, see `_traced`


def _export_if_stale(job: _Export, path: Path) -> Path:
    mark = fingerprint(job.network)
    if path.exists() and _stored_mark(path) == mark:
        return path
    with evaluation_mode(job.network):
        content = _stripped(_exported(job), mark)
        difference = job.difference(content)
    if not difference < TOLERANCE:
        raise ExportError(f"{path.name} differs from torch by {difference:.2e}")
    with whole(path) as scratch:
        scratch.write_bytes(content)
    return path


def fingerprint(network: nn.Module) -> str:
    """SHA-256 of a network's structure and weights, torch's version, our format."""
    digest = hashlib.sha256(f"{_FORMAT} {torch.__version__}\n{network}".encode())
    for key, value in network.state_dict().items():
        digest.update(key.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _largest_difference(network: nn.Module, content: bytes, draw: _Draw) -> float:
    """Largest difference of any number between torch and the file, CHECKS inputs."""
    session = _session(content)
    generator = torch.Generator().manual_seed(0)
    largest = 0.0
    for i in range(CHECKS):
        inputs = draw(generator, i)
        with torch.no_grad():
            expected = network(*inputs.values())
        several = expected if isinstance(expected, tuple) else (expected,)
        feed = {key: value.numpy() for key, value in inputs.items()}
        largest = _larger(largest, several, session.run(None, feed))
    return largest


def _largest_step_difference(model: nn.Module, content: bytes) -> float:
    """Largest difference of any logit or state over CHECKS steps of random tokens."""
    session = _session(content)
    generator = torch.Generator().manual_seed(0)
    state = ours = tuple(model.initial_state())
    n_tokens, largest = 1, 0.0
    for _ in range(CHECKS):
        token = torch.randint(n_tokens, (1,), generator=generator)
        with torch.no_grad():
            logits, state = model.step(token, state)
        feed = {f"state_{i}": value.numpy() for i, value in enumerate(ours)}
        results = session.run(None, {"token": token.numpy(), **feed})
        largest = _larger(largest, [logits, *state], results)
        ours, n_tokens = map(torch.from_numpy, results[1:]), logits.shape[1]
    return largest


def _largest_transduction_difference(
    model: nn.Module, content: bytes, sources: Sequence
) -> float:
    """Largest difference of any output over the tokens that torch writes."""
    session, largest = _session(content), 0.0
    for source in sources:
        state = ours = tuple(model.initial_state(source))
        token = torch.full((1,), model.line_end)
        for _ in range(MOST_TARGET):
            with torch.no_grad():
                scores, attention, state = model.step(source, token, state)
            feed = {f"state_{i}": value.numpy() for i, value in enumerate(ours)}
            feed |= {"source": source.numpy(), "token": token.numpy()}
            results = session.run(None, feed)
            largest = _larger(largest, [scores, attention, *state], results)
            ours, token = map(torch.from_numpy, results[2:]), scores.argmax(1)
            if token.item() == model.line_end:
                break
    return largest


def _larger(largest: float, expected: Sequence, results: list) -> float:
    """The largest difference so far; what is not a number stays so."""
    for ours, theirs in zip(expected, results, strict=True):
        gap = (ours - torch.from_numpy(theirs)).abs().max().item()
        largest = max(largest, gap) if gap == gap else float("nan")
        if largest != largest:
            break
    return largest


def _session(content: bytes):
    import onnxruntime

    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def _inputs(
    sizes: dict[str, int], generator: torch.Generator, label: int
) -> dict[str, torch.Tensor]:
    inputs = {"z": torch.randn(1, sizes["z"], generator=generator)}
    if "y" in sizes:
        index = torch.tensor([label % sizes["y"]])
        inputs["y"] = nn.functional.one_hot(index, sizes["y"]).float()
    return inputs


def _exported(job: _Export):
    """The network as torch.onnx writes it, an onnx.ModelProto."""
    if job.is_traced:
        return _traced(job)
    with warnings.catch_warnings(), _quiet("torch.onnx", "onnxscript", "onnx_ir"):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            job.network,
            tuple(job.inputs.values()),
            dynamo=True,
            verbose=False,
            input_names=list(job.inputs),
            output_names=list(job.outputs),
            dynamic_shapes=job.sizes,
        )
    model = program.model_proto
    if job.sizes:  # results keep the example's: onnxruntime would warn at any other
        del model.graph.value_info[:]
        for output in model.graph.output:
            for size in output.type.tensor_type.shape.dim:
                size.Clear()
    return model


def _traced(job: _Export):
    """The same by tracing, as torch wrote all files before it had torch.export.

    A recurrent layer over a source of any length stays one node.
    """
    import onnx

    sizes = [*job.sizes[:2], *job.sizes[2]]
    axes = {
        key: dict.fromkeys(of_this, "length")
        for key, of_this in zip(job.inputs, sizes, strict=True)
        if of_this
    }
    content = io.BytesIO()
    with warnings.catch_warnings(), _quiet("torch.onnx"):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            job.network,
            tuple(job.inputs.values()),
            content,
            dynamo=False,
            input_names=list(job.inputs),
            output_names=list(job.outputs),
            dynamic_axes=axes,
            opset_version=18,
        )
    return onnx.load_model_from_string(content.getvalue())


@contextmanager
def _quiet(*names: str):
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _stripped(model, mark: str) -> bytes:
    """The file's bytes without source paths, stack traces and doc strings."""
    for message in _messages(model):
        for field in ("doc_string", "metadata_props"):
            if field in message.DESCRIPTOR.fields_by_name:
                message.ClearField(field)
    model.metadata_props.add(key=_KEY, value=mark)
    return model.SerializeToString()


def _messages(message):
    """A protobuf message and all messages inside it."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        repeated = not hasattr(value, "DESCRIPTOR")
        for part in value if repeated else [value]:
            yield from _messages(part)


def _stored_mark(path: Path) -> str | None:
    """The fingerprint that a file carries, None if it is damaged."""
    import onnx

    try:
        model = onnx.load_model_from_string(path.read_bytes())
        onnx.checker.check_model(model)
    except Exception:  # whatever is wrong with the file, it is written anew
        return None
    return next((prop.value for prop in model.metadata_props if prop.key == _KEY), None)
