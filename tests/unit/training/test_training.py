"""Schedules, averages, histories, and runs that stop and go on."""

import copy
import math
import os
import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from aigc_helpers import training
from aigc_helpers.reader import Stopped
from aigc_helpers.training import DivergedError, History, Run
from aigc_helpers.training.run import (
    MovingAverage,
    interrupt_flag,
    raise_if_not_finite,
    training_steps,
    warmup_then_decay,
)

STRESS = Path(__file__).parents[2] / "stress" / "kill_training.py"


@pytest.mark.parametrize(
    ("step", "expected"),
    [(0, 1 / 5), (1, 2 / 5), (4, 1.0), (5, 1.0), (6, 94 / 95), (99, 1 / 95)],
)
def test_the_learning_rate_climbs_then_falls_along_straight_lines(step, expected):
    assert warmup_then_decay(step, 100) == pytest.approx(expected)


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 19, 1000])
@pytest.mark.parametrize("warmup", [0.0, 0.05, 0.5, 1.0])
def test_the_learning_rate_is_never_zero_and_never_past_one(steps, warmup):
    factors = [warmup_then_decay(step, steps, warmup=warmup) for step in range(steps)]
    assert 0 < min(factors) <= max(factors) <= 1
    rising = max(1, round(warmup * steps))
    assert factors[:rising] == sorted(factors[:rising])
    assert factors[rising:] == sorted(factors[rising:], reverse=True)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_named_with_step_and_cause(value):
    with pytest.raises(DivergedError) as caught:
        raise_if_not_finite(12, fine=torch.tensor(1.0), loss_g=torch.tensor(value))
    message = str(caught.value)
    assert f"loss_g is {value} at step 12" in message
    assert "learning rate too high" in message and "last checkpoint" in message


def test_one_bad_value_in_a_batch_of_losses_is_enough():
    raise_if_not_finite(0, loss=torch.tensor([1e30, -5.0]))
    with pytest.raises(DivergedError, match="step 3"):
        raise_if_not_finite(3, loss=torch.tensor([1.0, math.nan]))


def test_a_history_takes_tensors_and_numbers_and_only_known_names():
    history = History()
    history.add(a=torch.tensor(0.5, requires_grad=True), b=2)
    history.add(a=0.1, b=torch.tensor(4))  # a Python number keeps its 53 bits
    assert history == {"a": [0.5, 0.1], "b": [2.0, 4.0]}
    assert all(type(value) is float for values in history.values() for value in values)
    with pytest.raises(ValueError, match="c"):
        history.add(c=1)


def network_with_batchnorm() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))


def test_the_moving_average_is_the_formula_buffers_too():
    torch.manual_seed(0)
    network = network_with_batchnorm()
    average = MovingAverage(network, decay=0.9)
    expected = {k: v.clone() for k, v in network.state_dict().items()}
    for step, decay in [(0, 0.1), (1, 2 / 11), (10, 0.55), (99, 0.9)]:
        with torch.no_grad():
            for weight in network.parameters():
                weight.add_(torch.randn_like(weight))
        network(torch.randn(16, 2) + 3)  # moves the running statistics
        average.update(step)
        for key, value in network.state_dict().items():
            if value.is_floating_point():
                expected[key] = decay * expected[key] + (1 - decay) * value
            else:
                expected[key] = value.clone()  # a counter has no average
    found = average.module.state_dict()
    assert found["1.num_batches_tracked"] == 4 and found["1.running_mean"].abs().max()
    for key, value in expected.items():
        torch.testing.assert_close(found[key], value)


def test_a_decay_of_zero_is_the_newest_network():
    network = network_with_batchnorm()
    average = MovingAverage(network, decay=0.0)
    with torch.no_grad():
        network[0].weight.add_(torch.randn(3, 2))
    network(torch.randn(8, 2))
    average.update(50)
    for key, value in network.state_dict().items():
        assert torch.equal(average.module.state_dict()[key], value), key


def test_the_average_is_a_copy_that_needs_no_gradient_and_does_not_train():
    network = network_with_batchnorm()
    average = MovingAverage(network)
    assert network.training and not average.module.training
    assert not any(weight.requires_grad for weight in average.module.parameters())
    assert all(weight.requires_grad for weight in network.parameters())
    before = copy.deepcopy(network.state_dict())
    with torch.no_grad():
        average.module[0].weight.add_(1)
    average.update(0)
    for key, value in network.state_dict().items():
        assert torch.equal(value, before[key]), key


# Runs that stop and go on -------------------------------------------------------------


def add_up(steps: int, parts: dict, file=None, *, at=None, do=None) -> list[int]:
    """A run whose weight is a sum of random numbers; ``do()`` in step ``at``."""
    done = []
    for step in training_steps(steps, parts, file):
        if step == at:
            do()
        with torch.no_grad():
            parts["model"].bias.add_(torch.rand(1, generator=parts["rng"]))
        parts["history"].add(total=parts["model"].bias)
        done.append(step)
    return done


def new_parts() -> dict:
    torch.manual_seed(0)
    return {
        "model": nn.Linear(1, 1),
        "rng": torch.Generator().manual_seed(0),
        "history": History(),
    }


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_all_steps_come_in_order():
    assert add_up(5, new_parts()) == [0, 1, 2, 3, 4]
    assert add_up(0, new_parts()) == []


def test_an_interrupt_finishes_the_step_and_keeps_what_it_has():
    parts = new_parts()
    with pytest.raises(Stopped, match=r"^stopped after step 4 of 10$") as caught:
        add_up(10, parts, at=3, do=interrupt)
    assert isinstance(caught.value, KeyboardInterrupt)
    assert "第 4 步（共 10 步）" in caught.value.chinese
    assert len(parts["history"]["total"]) == 4


def test_an_interrupted_run_goes_on_to_the_same_numbers(tmp_path):
    file = tmp_path / "run.safetensors"
    unbroken, broken = new_parts(), new_parts()
    add_up(10, unbroken)
    with pytest.raises(Stopped, match=rf"step 4 of 10; saved in {file}") as caught:
        add_up(10, broken, file, at=3, do=interrupt)
    assert f"进度存在 {file}。再运行一次，就从第 4 步接着走" in caught.value.chinese
    later = new_parts()  # as in a new process
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert add_up(10, later, file) == [4, 5, 6, 7, 8, 9]
    assert later["history"] == unbroken["history"]
    assert torch.equal(later["model"].bias, unbroken["model"].bias)
    assert add_up(10, new_parts(), file) == []  # a complete run has nothing to do


def test_an_interrupt_between_saving_and_stopping_is_not_lost(tmp_path, monkeypatch):
    """It comes while the checkpoint is written: one more step, then saved and told."""
    file, save = tmp_path / "run", training.run.save_checkpoint

    def save_and_interrupt(path, parts, step, steps):
        save(path, parts, step, steps)
        if step == 100:
            interrupt()

    monkeypatch.setattr(training.run, "save_checkpoint", save_and_interrupt)
    parts = new_parts()
    with pytest.raises(Stopped, match="stopped after step 101 of 200; saved"):
        add_up(200, parts, file)
    assert training.run.restore_checkpoint(file, new_parts(), 200) == 101


def test_the_state_is_saved_every_hundred_steps_and_at_the_end(tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr(
        training.run,
        "save_checkpoint",
        lambda path, parts, step, steps: saved.append(step),
    )
    add_up(250, new_parts(), tmp_path / "run")
    assert saved == [100, 200, 250]


def raise_diverged():
    raise DivergedError


@pytest.fixture(autouse=True)
def keyboard():
    """Ctrl-C as in a terminal: a process started in the background may ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_twice():
    interrupt()
    interrupt()


def test_a_second_interrupt_does_not_wait_for_the_step():
    parts = new_parts()
    with pytest.raises(KeyboardInterrupt) as caught:
        add_up(10, parts, at=3, do=interrupt_twice)
    assert not isinstance(caught.value, Stopped)
    assert len(parts["history"]["total"]) == 3


@pytest.mark.parametrize(
    ("do", "error"),
    [
        (lambda: None, None),
        (interrupt, Stopped),
        (raise_diverged, DivergedError),
        (interrupt_twice, KeyboardInterrupt),
    ],
)
def test_afterwards_ctrl_c_means_what_it_meant_before(do, error):
    before = signal.getsignal(signal.SIGINT)
    if error is None:
        add_up(3, new_parts(), at=1, do=do)
        assert signal.getsignal(signal.SIGINT) is before
    else:  # also while the traceback is still held
        with pytest.raises(error) as caught:
            add_up(3, new_parts(), at=1, do=do)
        assert signal.getsignal(signal.SIGINT) is before, caught.value


def test_a_thread_trains_without_touching_signals():
    done = []
    thread = threading.Thread(target=lambda: done.extend(add_up(3, new_parts())))
    thread.start()
    thread.join()
    assert done == [0, 1, 2]


def test_the_flag_is_empty_until_the_interrupt():
    with interrupt_flag() as received:
        assert not received
        interrupt()
        assert received == [signal.SIGINT]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the script forks its runs")
def test_a_killed_training_goes_on_to_bit_equal_weights():
    result = subprocess.run(
        [sys.executable, STRESS, "--times", "3", "--steps", "150", "--seed", "1"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "3 kills" in result.stdout


def fit_line(steps=30, **options):
    """A run that fits y = 3x with a linear layer; also the rates it used."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.0))
    optimizer = torch.optim.SGD(network.parameters(), lr=9.0)
    run, rates = Run(network, {"optimizer": optimizer}, steps=steps, **options), []
    for _ in run:
        x = torch.randn(run.batch_size, 1, generator=run.rng)
        loss = (network(x) - 3 * x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rates.append(optimizer.param_groups[0]["lr"])
        run.record(loss=loss)
    return run, rates


def test_a_run_sets_the_rate_and_keeps_history_and_average():
    seen = []
    run, rates = fit_line(
        lr=0.2, decay=0.5, watch=lambda done, network: seen.append((done, network))
    )
    assert rates == [0.2 * warmup_then_decay(step, 30) for step in range(30)]
    assert list(run.history) == ["loss"] and len(run.history["loss"]) == 30
    assert run.history["loss"][-1] < 0.1 * run.history["loss"][0]
    assert seen == [(done, run.average) for done in range(1, 31)]
    assert run.network.training and not run.average.training
    newest, averaged = run.network[0].weight, run.average[0].weight
    assert not torch.equal(newest, averaged)


def test_the_rate_reaches_every_group_of_every_optimizer():
    a, b, c = (nn.Linear(1, 1) for _ in range(3))
    two = torch.optim.SGD([{"params": a.parameters()}, {"params": b.parameters()}], 9.0)
    one = torch.optim.SGD(c.parameters(), lr=5.0)
    run = Run(a, {"b": b, "two": two, "one": one}, steps=1, lr=0.25)
    next(iter(run))
    groups = two.param_groups + one.param_groups
    assert [group["lr"] for group in groups] == [0.25, 0.25, 0.25]


def test_a_run_without_a_rate_leaves_the_optimizers_their_own():
    run, rates = fit_line(steps=2)
    assert rates == [9.0, 9.0]
    assert torch.equal(run.network[0].weight, run.average[0].weight)


def test_a_run_goes_on_from_its_file_bit_equal(tmp_path):
    whole, _ = fit_line(lr=0.2, decay=0.9)

    def press(done, _):
        if done == 11:
            signal.raise_signal(signal.SIGINT)

    options = {"lr": 0.2, "decay": 0.9, "checkpoint": tmp_path / "run"}
    with pytest.raises(Stopped, match="stopped after step 11 of 30; saved") as caught:
        fit_line(**options, watch=press)
    part = caught.value.kept
    assert part.history["loss"] == whole.history["loss"][:11]
    assert not part.average.training
    resumed, _ = fit_line(**options)
    assert resumed.history == whole.history
    assert torch.equal(resumed.average[0].weight, whole.average[0].weight)


def test_a_loss_that_is_no_number_ends_a_run_before_anything_is_recorded():
    run = Run(nn.Linear(1, 1), {}, steps=3)
    with pytest.raises(DivergedError, match="loss is nan at step 1"):
        for step in run:
            run.record(loss=torch.tensor(float("nan") if step else 1.0))
    assert run.history == {"loss": [1.0]}


def test_a_run_keeps_the_same_losses_from_step_to_step():
    run = Run(nn.Linear(1, 1), {}, steps=3)
    next(iter(run))
    run.record(loss=torch.ones(()))
    with pytest.raises(ValueError, match="has .'loss'., not .'kl'."):
        run.record(kl=torch.ones(()))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "steps must be a whole number from 1: 0"),
        ({"steps": 2.5}, "steps must be a whole number from 1: 2.5"),
        ({"batch_size": 0}, "batch_size must be a whole number"),
        ({"lr": -1e-3}, "lr must be 0 or more and finite, not -0.001"),
        ({"lr": math.nan}, "lr must be 0 or more"),
        ({"decay": 1.0}, "decay must be in"),
    ],
)
def test_a_run_refuses_numbers_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        Run(nn.Linear(1, 1), {}, **{"steps": 5} | options)


def test_numbers_of_numpy_are_numbers(tmp_path):
    numbers = {"lr": np.float32(0.25), "decay": np.float32(0.5), "seed": np.int64(3)}
    sizes = {"steps": np.int64(4), "batch_size": np.int32(8)}
    run, _ = fit_line(**numbers, **sizes, checkpoint=tmp_path / "run")
    plain, _ = fit_line(steps=4, batch_size=8, lr=0.25, decay=0.5, seed=3)
    assert run.history == plain.history


def test_an_option_that_a_run_does_not_have_is_named():
    with pytest.raises(TypeError, match="stpes"):
        Run(nn.Linear(1, 1), {}, stpes=5)
