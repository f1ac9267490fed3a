"""Seeds, devices and number formats."""

import random

import numpy as np
import pytest
import torch

from aigc_helpers import runtime
from aigc_helpers.reader import Mistake


def draw(rng):
    return (
        random.random(),
        np.random.rand(),
        torch.rand(1).item(),
        torch.rand(1, generator=rng).item(),
    )


def test_one_seed_repeats_every_source_of_chance():
    first, again = draw(runtime.set_seed(3)), draw(runtime.set_seed(3))
    assert first == again
    assert all(a != b for a, b in zip(first, draw(runtime.set_seed(4)), strict=True))


def test_the_returned_generator_is_on_the_cpu_and_has_a_stream_of_its_own():
    rng = runtime.set_seed(5)
    assert rng.device.type == "cpu" and rng.initial_seed() == 5
    torch.rand(10)
    assert torch.rand(1, generator=rng) == torch.rand(
        1, generator=torch.Generator().manual_seed(5)
    )


def test_a_seed_too_large_for_numpy_is_taken():
    assert runtime.set_seed(2**40).initial_seed() == 2**40
    assert runtime.set_seed(np.int64(7)).initial_seed() == 7


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_threads_are_those_of_the_call_unless_the_environment_names_others(
    threads, monkeypatch
):
    monkeypatch.delenv("AIGC_THREADS", raising=False)
    assert runtime.set_threads(3) == 3
    monkeypatch.setenv("AIGC_THREADS", "1")
    assert runtime.set_threads(3) == 1


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "²"])
def test_threads_that_are_no_count_are_told(value, threads, monkeypatch):
    monkeypatch.setenv("AIGC_THREADS", value)
    with pytest.raises(Mistake, match="AIGC_THREADS must be a whole number") as told:
        runtime.set_threads(2)
    assert f"AIGC_THREADS={value}" in told.value.chinese


def on_a_machine_with(monkeypatch, *, cuda: bool, mps: bool):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [
        (False, False, ["cpu"]),
        (True, False, ["cuda", "cpu"]),
        (False, True, ["mps", "cpu"]),
        (True, True, ["cuda", "mps", "cpu"]),
    ],
)
def test_the_fastest_device_comes_first(monkeypatch, cuda, mps, expected):
    on_a_machine_with(monkeypatch, cuda=cuda, mps=mps)
    assert runtime.available_devices() == expected
    assert runtime.pick_device() == torch.device(expected[0])


def test_a_named_device_is_taken_or_refused_with_the_choice(monkeypatch):
    on_a_machine_with(monkeypatch, cuda=False, mps=True)
    assert runtime.pick_device("cpu") == torch.device("cpu")
    with pytest.raises(ValueError, match=r"'cuda:0' is not .* \['mps', 'cpu'\]"):
        runtime.pick_device("cuda:0")


def with_cpu_flags(monkeypatch, *, avx512: bool, amx: bool):
    for probe, value in (
        ("_is_avx512_bf16_supported", avx512),
        ("_is_amx_tile_supported", amx),
    ):
        monkeypatch.setattr(torch.cpu, probe, lambda value=value: value, raising=False)


@pytest.mark.parametrize(
    ("avx512", "amx", "native"),
    [(False, False, False), (True, False, True), (False, True, True)],
)
def test_bfloat16_is_used_where_the_processor_has_it(monkeypatch, avx512, amx, native):
    monkeypatch.delenv("AIGC_BF16", raising=False)
    with_cpu_flags(monkeypatch, avx512=avx512, amx=amx)
    assert runtime.bf16_is_native() is native
    with runtime.autocast("cpu"):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if native else torch.float32)


def test_bfloat16_can_be_turned_off(monkeypatch):
    with_cpu_flags(monkeypatch, avx512=True, amx=True)
    monkeypatch.setenv("AIGC_BF16", "0")
    assert runtime.bf16_is_native() is False
    assert runtime.describe_runtime()["dtype"] == "float32"


def test_a_torch_without_the_probes_counts_as_float32(monkeypatch):
    monkeypatch.delenv("AIGC_BF16", raising=False)
    for probe in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.delattr(torch.cpu, probe, raising=False)
    assert runtime.bf16_is_native() is False


def test_the_description_tells_what_decides_the_numbers(monkeypatch):
    on_a_machine_with(monkeypatch, cuda=True, mps=False)
    with_cpu_flags(monkeypatch, avx512=True, amx=False)
    monkeypatch.delenv("AIGC_BF16", raising=False)
    assert runtime.describe_runtime() == {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "dtype": "bfloat16",
        "devices": "cuda, cpu",
    }
