"""The one list of budgets, and those that need nothing but the repository."""

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from budgets import LIST, budgets, held

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "aigc_helpers" / "weights"
MEGABYTE = 10**6
BY_HAND = {"build.minutes", "build.page_seconds"}


def entries(table: dict, before: str = ""):
    """(name, value) of every entry; one with a goal is one entry."""
    for key, value in table.items():
        if isinstance(value, dict) and "goal" not in value:
            yield from entries(value, f"{before}{key}.")
        else:
            yield before + key, value


def test_what_is_held_is_not_below_its_goal():
    for name, value in entries(budgets()):
        goal = value["goal"] if isinstance(value, dict) else value
        assert held(name) >= goal > 0, name


def test_every_budget_is_read_by_a_test():
    sources = [path.read_text("utf-8") for path in LIST.parent.rglob("*.py")]
    read = set(re.findall(r'held\(\s*f?"([\w.]+)', "\n".join(sources)))
    whole = tuple(f"{table.rstrip('.')}." for table in read)
    names = {name for name, _ in entries(budgets())} - BY_HAND
    assert {name for name in names - read if not name.startswith(whole)} == set()


def test_weights_keep_their_budgets_together_and_by_group():
    sizes = Counter()
    for path in WEIGHTS.glob("*.safetensors"):
        sizes[path.name.split("_")[0]] += path.stat().st_size / MEGABYTE
    print({group: round(size, 2) for group, size in sizes.items()})
    limits = held("weights.group_mb")
    assert sizes and set(sizes) <= set(limits), "a group that budgets.toml lacks"
    over = {group: size for group, size in sizes.items() if size > limits[group]}
    assert over == {}
    assert sum(sizes.values()) <= held("weights.together_mb")


def test_the_history_stays_small():
    command = ["git", "rev-list", "--disk-usage", "--objects", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is no clone: there is no history")
    print(f"history: {int(done.stdout) / MEGABYTE:.1f} MB")
    assert int(done.stdout) <= held("repository.history_mb") * MEGABYTE
