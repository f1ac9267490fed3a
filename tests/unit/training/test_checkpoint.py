"""A checkpoint holds all of a run, is whole or absent, and refuses what is foreign."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from aigc_helpers import files
from aigc_helpers.reader import Mistake
from aigc_helpers.training import History, checkpoint
from aigc_helpers.training.checkpoint import (
    read_checkpoint,
    restore_checkpoint,
    save_checkpoint,
)


def make_parts(seed: int = 0, width: int = 3) -> dict:
    """Parts of a run that has made one step."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, width), nn.BatchNorm1d(width))
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.randn(8, 2)).square().sum().backward()
    optimizer.step()
    rng = torch.Generator().manual_seed(seed)
    torch.rand(3, generator=rng)
    history = History()
    history.add(loss=0.1 + seed)
    return {"model": model, "optimizer": optimizer, "rng": rng, "history": history}


def tensors_of(parts: dict) -> dict:
    """Every tensor of model, optimizer and generator."""
    state = parts["optimizer"].state_dict()["state"]
    slots = {f"{i}/{k}": v for i, slot in state.items() for k, v in slot.items()}
    return {**parts["model"].state_dict(), **slots, "rng": parts["rng"].get_state()}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "deep" / "run.safetensors"
    save_checkpoint(path, make_parts(), step=7, steps=20)
    return path


def test_every_part_comes_back_bit_equal(file):
    saved, other = make_parts(0), make_parts(1)
    assert restore_checkpoint(file, other, 20) == 7
    expected, found = tensors_of(saved), tensors_of(other)
    assert expected.keys() == found.keys() and len(found) > 10
    for key, value in expected.items():
        assert torch.equal(value, found[key]) and value.dtype == found[key].dtype, key
    assert other["history"] == {"loss": [0.1]}
    draws = [torch.rand(2, generator=parts["rng"]) for parts in (saved, other)]
    assert torch.equal(*draws)


def test_restored_parts_go_on_training_as_the_saved_ones(file):
    results = []
    for parts in (make_parts(0), make_parts(1)):
        restore_checkpoint(file, parts, 20)
        parts["optimizer"].zero_grad()
        parts["model"](torch.ones(4, 2)).sum().backward()
        parts["optimizer"].step()
        results.append(tensors_of(parts))
    assert all(torch.equal(v, results[1][k]) for k, v in results[0].items())


def test_no_file_means_from_the_start(tmp_path):
    parts = make_parts()
    before = {key: value.clone() for key, value in tensors_of(parts).items()}
    assert restore_checkpoint(tmp_path / "none", parts, 20) == 0
    assert all(torch.equal(v, before[k]) for k, v in tensors_of(parts).items())


def test_saving_leaves_one_file(file):
    save_checkpoint(file, make_parts(1), step=8, steps=20)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert read_checkpoint(file)[1]["step"] == 8


def write_half(tensors, path, metadata):
    path.write_bytes(b"half of a checkpoint")
    raise OSError("No space left on device")


def refuse(source, target):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("place", "name", "fault", "error"),
    [
        (checkpoint, "save_file", write_half, OSError),
        (files.os, "replace", refuse, KeyboardInterrupt),
    ],
)
def test_a_write_that_fails_leaves_the_old_file(
    file, monkeypatch, place, name, fault, error
):
    old = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(place, name, fault)
        with pytest.raises(error):
            save_checkpoint(file, make_parts(1), step=8, steps=20)
    assert file.read_bytes() == old
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def with_facts(path, text: str):
    tensors = load_file(path)
    checksum = checkpoint._sha256(text, tensors)
    save_file(tensors, path, metadata={"state": text, "sha256": checksum})


def change_last_byte(path):
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("a note that somebody wrote"),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-50]),
    "cut in the header": lambda path: path.write_bytes(path.read_bytes()[:40]),
    "weights only": lambda path: save_file(load_file(path), path),
    "no JSON": lambda path: with_facts(path, "{"),
    "JSON without facts": lambda path: with_facts(path, "{}"),
    "JSON of another kind": lambda path: with_facts(path, "[1]"),
    "JSON too deep": lambda path: with_facts(path, "[" * 100_000),
    "a number too long": lambda path: with_facts(path, "1" * 5000),
    "a changed weight": lambda path: change_last_byte(path),
    "a changed fact": lambda path: path.write_bytes(
        path.read_bytes().replace(b'\\"step\\": 7', b'\\"step\\": 8')
    ),
    "facts without parts": lambda path: with_facts(
        path, json.dumps({"step": 7, "steps": 20, "runtime": {}})
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_named_and_may_be_deleted(file, damage):
    damage(file)
    words = r"run\.safetensors is not a .*; delete it"
    with pytest.raises(Mistake, match=words) as caught:
        restore_checkpoint(file, make_parts(), 20)
    assert "不是检查点，或者已经损坏：删掉" in caught.value.chinese


def test_a_run_of_another_length_is_refused(file):
    words = "of 20 steps, not 30.* same number of steps"
    with pytest.raises(Mistake, match=words) as caught:
        restore_checkpoint(file, make_parts(), 30)
    assert "属于 20 步的训练" in caught.value.chinese
    assert "步数写回 20，或者删掉这个文件" in caught.value.chinese


def test_a_network_of_another_size_is_refused(file):
    words = "does not fit model.*delete this one"
    with pytest.raises(Mistake, match=words) as caught:
        restore_checkpoint(file, make_parts(width=4), 20)
    assert "属于别的网络" in caught.value.chinese


def test_a_step_behind_the_end_is_refused(file):
    save_checkpoint(file, make_parts(), step=21, steps=20)
    with pytest.raises(Mistake, match="at step 21 of 20; delete it") as caught:
        restore_checkpoint(file, make_parts(), 20)
    assert "停在第 21 步，训练只有 20 步" in caught.value.chinese


def test_a_folder_is_no_checkpoint(tmp_path):
    with pytest.raises(Mistake, match="no file") as caught:
        restore_checkpoint(tmp_path, make_parts(), 20)
    assert "不是文件" in caught.value.chinese


@pytest.mark.parametrize("name", ["optimizer", "history", "rng"])
def test_a_checkpoint_that_lacks_a_part_is_refused(file, name):
    parts = make_parts()
    less = {key: part for key, part in parts.items() if key != name}
    save_checkpoint(file, less, step=7, steps=20)
    with pytest.raises(Mistake, match="another kind of training.* delete") as caught:
        restore_checkpoint(file, parts, 20)
    assert "属于另一种训练" in caught.value.chinese
    with pytest.raises(ValueError, match="another kind of training.* delete"):
        save_checkpoint(file, parts, step=7, steps=20)
        restore_checkpoint(file, less, 20)


def test_another_machine_or_torch_is_told(file, monkeypatch):
    here = checkpoint.describe_runtime()
    there = {**here, "torch": "1.0", "threads": 64}
    monkeypatch.setattr(checkpoint, "describe_runtime", lambda: there)
    with pytest.warns(UserWarning, match="是在别的环境里存的.*1.0.*不会逐位相同"):
        assert restore_checkpoint(file, make_parts(1), 20) == 7
