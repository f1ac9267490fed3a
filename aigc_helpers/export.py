"""Shipped networks as ONNX files that a browser runs."""

import hashlib
import logging
import os
import warnings
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn

from aigc_helpers import gan, weights

TOLERANCE = 1e-4  # largest difference to torch over CHECKS random inputs
CHECKS = 100
_FORMAT = 1  # raise it when this module writes files in another way
_KEY = "aigc_fingerprint"


class ExportError(RuntimeError):
    """An exported network does not give what torch gives."""


def shipped_decoder(name: str) -> nn.Module:
    """A shipped network as decoder: z, and y if conditional, to images in [0, 1]."""
    return gan.Decoder(weights.load(name)).eval()


def export_all(folder: Path) -> list[Path]:
    """Export every shipped network that an explorer uses."""
    names = [name for name in weights.names() if weights.card(name).get("explorer")]
    return [export_network(name, folder) for name in names]


def export_network(name: str, folder: Path) -> Path:
    """Write ``<folder>/<name>.onnx`` unless it is up to date.

    Inputs "z" (1, latent_dim) and, if conditional, "y" (1, n_classes); output "image"
    (1, 1, H, W) in [0, 1], all float32.

    Raises
    ------
    ExportError
        If the file differs from torch by more than ``TOLERANCE``.
    """
    explorer = weights.card(name)["explorer"]
    return export_decoder(
        shipped_decoder(name),
        Path(folder) / f"{name}.onnx",
        latent_dim=explorer["latent_dim"],
        n_classes=explorer["n_classes"],
    )


def export_decoder(
    decoder: nn.Module, path: Path, *, latent_dim: int, n_classes: int = 0
) -> Path:
    """Export any decoder, compare it with torch, then put the file in place."""
    mark = fingerprint(decoder)
    if path.exists() and _stored_mark(path) == mark:
        return path
    sizes = {"z": latent_dim, **({"y": n_classes} if n_classes else {})}
    content = _stripped(_export(decoder, sizes), mark)
    difference = largest_difference(decoder, content, sizes)
    if not difference < TOLERANCE:
        raise ExportError(f"{path.name} differs from torch by {difference:.2e}")
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content)
    return path


def fingerprint(decoder: nn.Module) -> str:
    """SHA-256 of a network's structure and weights, torch's version, our format."""
    digest = hashlib.sha256(f"{_FORMAT} {torch.__version__}\n{decoder}".encode())
    for key, value in decoder.state_dict().items():
        digest.update(key.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def largest_difference(
    decoder: nn.Module, content: bytes, sizes: dict[str, int]
) -> float:
    """Largest difference of any pixel between torch and the file, CHECKS inputs."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    generator = torch.Generator().manual_seed(0)
    largest = 0.0
    for i in range(CHECKS):
        inputs = _inputs(sizes, generator, label=i)
        with torch.no_grad():
            expected = decoder(*inputs.values())
        feed = {key: value.numpy() for key, value in inputs.items()}
        (image,) = session.run(["image"], feed)
        gap = (expected - torch.from_numpy(image)).abs().max().item()
        largest = max(largest, gap) if gap == gap else float("nan")
    return largest


def _inputs(
    sizes: dict[str, int], generator: torch.Generator, *, label: int = 0
) -> dict[str, torch.Tensor]:
    inputs = {"z": torch.randn(1, sizes["z"], generator=generator)}
    if "y" in sizes:
        index = torch.tensor([label % sizes["y"]])
        inputs["y"] = nn.functional.one_hot(index, sizes["y"]).float()
    return inputs


def _export(decoder: nn.Module, sizes: dict[str, int]):
    """The network as torch.onnx writes it, an onnx.ModelProto."""
    inputs = _inputs(sizes, torch.Generator().manual_seed(0))
    with warnings.catch_warnings(), _quiet("torch.onnx", "onnxscript", "onnx_ir"):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            decoder.eval(),
            tuple(inputs.values()),
            dynamo=True,
            verbose=False,
            input_names=list(inputs),
            output_names=["image"],
        )
    return program.model_proto


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


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    os.replace(part, path)
