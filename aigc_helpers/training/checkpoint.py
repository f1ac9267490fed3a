"""Checkpoints: all that a training run needs to go on, in one file, whole or absent."""

import hashlib
import json
import warnings
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from aigc_helpers.files import whole
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import describe_runtime

FACTS = {"step", "steps", "parts", "runtime"}  # what every checkpoint tells of its run
_NOT_A_CHECKPOINT = (  # what a damaged file raises in the libraries that read it
    SafetensorError,
    LookupError,
    TypeError,
    ValueError,
    RuntimeError,  # RecursionError too
    OverflowError,
)


def save_checkpoint(path: Path | str, parts: dict, step: int, steps: int) -> None:
    """Write ``parts`` to one safetensors file, whole or not at all.

    Numbers that are no tensors (history, optimizer settings) travel as JSON in the
    file's header, and a checksum of both.
    """
    runtime = describe_runtime()
    facts = {"step": step, "steps": steps, "parts": sorted(parts), "runtime": runtime}
    tensors = {}
    for name, part in parts.items():
        for key, value in _flatten(part).items():
            target = tensors if torch.is_tensor(value) else facts
            target[f"{name}/{key}"] = value
    tensors = {key: value.contiguous() for key, value in tensors.items()}
    state = json.dumps(facts)
    metadata = {"state": state, "sha256": _sha256(state, tensors)}
    with whole(path) as scratch:
        save_file(tensors, scratch, metadata=metadata)


def _sha256(state: str, tensors: dict) -> str:
    """Checksum of facts, and of names, formats, shapes and bytes of the tensors."""
    digest = hashlib.sha256(state.encode())
    for name, value in sorted(tensors.items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(value.cpu().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()


def _flatten(part) -> dict:
    """One flat dictionary of tensors and plain values for any part of a run."""
    if isinstance(part, nn.Module):
        return part.state_dict()
    if isinstance(part, torch.Generator):
        return {"state": part.get_state()}
    if isinstance(part, dict):
        return dict(part)
    state = part.state_dict()["state"]  # an optimizer
    slots = ((i, *item) for i, slot in state.items() for item in slot.items())
    return {f"{i}/{key}": value for i, key, value in slots}


def restore_checkpoint(path: Path | str, parts: dict, steps: int) -> int:
    """Load ``parts`` from a checkpoint and return its step; 0 if there is none.

    Raises
    ------
    Mistake
        If the file is damaged, belongs to a run of another length, or does not fit
        ``parts``.
    """
    if not Path(path).exists():
        return 0
    tensors, facts = read_checkpoint(path)
    _require_same_run(path, facts, parts, steps)
    values = {**tensors, **facts}
    for name, part in parts.items():
        mine = {k: v for k, v in values.items() if k.startswith(f"{name}/")}
        try:
            _load(part, {k.removeprefix(f"{name}/"): v for k, v in mine.items()})
        except (LookupError, RuntimeError, TypeError, ValueError) as error:
            raise Mistake(
                f"{path} does not fit {name}: it belongs to another network or data "
                f"set. Name another file, or delete this one to start anew. ({error})",
                f"检查点 {path} 属于别的网络或者别的数据：换一个文件名，或者删掉这个"
                "文件，重新训练。",
            ) from error
    return facts["step"]


def _require_same_run(path, facts: dict, parts: dict, steps: int) -> None:
    """Refuse a checkpoint of another run; warn of another machine or torch."""
    if facts["steps"] != steps:
        raise Mistake(
            f"{path} belongs to a run of {facts['steps']} steps, not {steps}: its "
            "learning rate follows that length. Ask for the same number of steps, or "
            "delete the file to start anew.",
            f"检查点 {path} 属于 {facts['steps']} 步的训练，这里写的是 {steps} 步："
            f"步数写回 {facts['steps']}，或者删掉这个文件，重新训练。",
        )
    if type(facts["step"]) is not int or not 0 <= facts["step"] <= steps:
        raise Mistake(
            f"{path} is at step {facts['step']} of {steps}; delete it",
            f"检查点 {path} 停在第 {facts['step']} 步，训练只有 {steps} 步：删掉这个"
            "文件，重新训练。",
        )
    if facts["parts"] != sorted(parts):
        raise Mistake(
            f"{path} holds {facts['parts']}, this run needs {sorted(parts)}: it "
            "belongs to another kind of training. Name another file, or delete it.",
            f"检查点 {path} 属于另一种训练：换一个文件名，或者删掉这个文件。",
        )
    if facts["runtime"] != describe_runtime():
        warnings.warn(
            f"检查点 {path} 是在别的环境里存的（{facts['runtime']}，这里是 "
            f"{describe_runtime()}）：训练接着走，但最后的权重不会逐位相同",
            stacklevel=6,  # of training_steps, of Run, of a loop, of its caller
        )


def read_checkpoint(path: Path | str) -> tuple[dict, dict]:
    """Tensors and facts of a checkpoint file.

    Raises
    ------
    Mistake
        If the file is not a whole checkpoint.
    """
    if not Path(path).is_file():
        raise Mistake(
            f"{path} is not a checkpoint (no file); name another",
            f"{path} 不是文件，不能当检查点：换一个文件名。",
        )
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}
        state = metadata["state"]
        if metadata["sha256"] != _sha256(state, tensors):
            raise SafetensorError("its checksum is wrong")
        facts = json.loads(state)
        if missing := FACTS - dict(facts).keys():
            raise LookupError(f"no {sorted(missing)}")
        return tensors, facts
    except _NOT_A_CHECKPOINT as error:
        raise Mistake(
            f"{path} is not a checkpoint ({error}); delete it",
            f"{path} 不是检查点，或者已经损坏：删掉这个文件，重新训练。",
        ) from error


def _load(part, values: dict) -> None:
    """Put the flat ``values`` of `_flatten` back into ``part``."""
    if isinstance(part, nn.Module):
        part.load_state_dict(values)
    elif isinstance(part, torch.Generator):
        part.set_state(values["state"])
    elif isinstance(part, dict):
        part.update(values)
    else:
        state = part.state_dict()
        state["state"] = {}
        for key, value in values.items():
            index, slot = key.split("/")
            state["state"].setdefault(int(index), {})[slot] = value
        part.load_state_dict(state)
