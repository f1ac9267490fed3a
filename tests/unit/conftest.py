"""How hard the property tests try, and what a plot does with wrong input.

Properties are tried quickly here, long under ``make stress``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

from aigc_helpers.reader import Mistake

ROOT = Path(__file__).parents[2]

hypothesis.configuration.set_hypothesis_home_dir(ROOT / "build" / "hypothesis")
# The same examples in every run: a test that passes today passes tomorrow.
hypothesis.settings.register_profile(
    "quick", max_examples=60, deadline=None, derandomize=True, database=None
)
hypothesis.settings.register_profile(
    "long", max_examples=4000, deadline=None, print_blob=True
)
hypothesis.settings.load_profile("quick")


@contextmanager
def _refused(message: str) -> Iterator[None]:
    from matplotlib import pyplot as plt  # slow to load, and few tests need it

    plt.close("all")
    with pytest.raises(Mistake, match=message) as caught:
        yield
    assert plt.get_fignums() == []
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.chinese)


@pytest.fixture
def refused() -> Callable:
    """``with refused(message):`` tells what is wrong, and leaves no figure open."""
    return _refused
