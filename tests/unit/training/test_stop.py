"""The stop button, in a real kernel: it ends the queue, and says what is kept."""

import queue
import time

import pytest
from jupyter_client.manager import start_new_kernel

PREPARE = """
import sys, torch
from torch import nn
from aigc_helpers.training import Run

def train(checkpoint=None):
    network = nn.Linear(1, 1)
    optimizer = torch.optim.AdamW(network.parameters())
    run = Run(network, {"optimizer": optimizer}, steps=10**9, checkpoint=checkpoint)
    for step in run:
        run.record(loss=network.weight.sum())
        if step == 3:
            print("training")
"""
SWEEP = """
from aigc_helpers.explorers import SweepExplorer
trained = []

def compute(value):
    trained.append(value)
    if value > 1:
        train()
    return {"x": value}

sweep = SweepExplorer(compute, [0, 1, 2, 3, 4], name="x")
"""
LOOP = """
trained = []
for seed in range(3):
    trained.append(seed)
    train()
"""
SECONDS = 60


@pytest.fixture(scope="module")
def notebook():
    """A kernel, and a client that has run the first cell."""
    manager, client = start_new_kernel(startup_timeout=SECONDS)
    client.execute_interactive(PREPARE, timeout=SECONDS)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run_all_and_stop(notebook, *cells: str) -> tuple[list[dict], list[str]]:
    """Replies of cells that were queued at once, stopped while one trains; errors.

    The errors are what the notebook shows of each: the joined lines of a traceback.
    """
    manager, client = notebook
    queued = [client.execute(cell) for cell in cells]
    errors = []
    while True:
        message = client.get_iopub_msg(timeout=SECONDS)
        if message["content"].get("text") == "training\n":
            manager.interrupt_kernel()
            break
    replies = [client.get_shell_msg(timeout=SECONDS)["content"] for _ in queued]
    deadline = time.monotonic() + SECONDS
    while not errors and time.monotonic() < deadline:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["msg_type"] == "error":
            errors.append("\n".join(message["content"]["traceback"]))
    while not answers(client):
        pass
    return replies, errors


def answers(client) -> bool:
    """Whether a cell runs: a kernel aborts for a moment longer what it is sent."""
    reply = client.execute_interactive("", timeout=SECONDS)
    return reply["content"]["status"] == "ok"


def value_of(notebook, expression: str) -> str:
    """``repr`` of an expression in the kernel, after whatever was stopped."""
    _, client = notebook
    reply = client.execute_interactive(
        "", user_expressions={"it": expression}, timeout=SECONDS
    )
    return reply["content"]["user_expressions"]["it"]["data"]["text/plain"]


def test_stop_ends_the_queue_and_says_what_is_kept(notebook):
    replies, (shown,) = run_all_and_stop(notebook, "train()", "late = 1", "late = 2")
    assert [reply["status"] for reply in replies] == ["error", "aborted", "aborted"]
    first, where, english = shown.splitlines()
    assert first.startswith("训练停在第 ") and "再运行一次" in first
    assert where == "这一格第 1 行：train()"
    assert english.startswith("（Stopped: stopped after step ")
    assert value_of(notebook, "'late' in globals()") == "False"
    kept = "len(sys.last_value.kept.history['loss'])"
    assert int(value_of(notebook, kept)) > 3


def test_what_is_in_the_file_goes_on(notebook, tmp_path):
    cell = f"train({str(tmp_path / 'run')!r})"
    _, (shown,) = run_all_and_stop(notebook, cell)
    assert f"进度存在 {tmp_path / 'run'}" in shown and "接着走" in shown
    assert (tmp_path / "run").is_file()


@pytest.mark.parametrize("cell", [SWEEP, LOOP], ids=["sweep", "loop"])
def test_no_second_training_goes_on(cell, notebook):
    replies, (shown,) = run_all_and_stop(notebook, cell, "late = 1")
    assert [reply["status"] for reply in replies] == ["error", "aborted"]
    trained = "[0, 1, 2]" if cell is SWEEP else "[0]"
    assert value_of(notebook, "trained") == trained
    if cell is SWEEP:
        assert "5 个值算好了 2 个" in shown
        assert value_of(notebook, "len(sys.last_value.kept)") == "2"
