"""Ways to damage bytes, and values that no parser expects: strategies of Hypothesis."""

import faulthandler
import signal
from contextlib import contextmanager

from hypothesis import strategies as st

HANGS = 30  # seconds
NASTY = [0, 1, 2, 255, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63, 2**64, 10**400]
numbers = st.one_of(
    st.sampled_from([*NASTY, *(-n for n in NASTY)]), st.integers(), st.floats()
)
# Anywhere alike: Hypothesis prefers small integers, which would all lie in the header.
places = st.integers(0, 2**32 - 1).map(lambda n: n * 2_654_435_761 % 2**32)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=4), inner, max_size=4),
    ),
    max_leaves=8,
)


@st.composite
def damaged(draw, content: bytes) -> bytes:
    """``content`` after one to three accidents, most often one changed bit."""
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        a, b = sorted(draw(places) % (len(content) + 1) for _ in range(2))
        kind = draw(st.sampled_from(["flip", "flip", "cut", "lose", "double", "fill"]))
        if kind == "flip" and a < len(content):
            changed = content[a] ^ (1 << draw(st.integers(0, 7)))
            content = content[:a] + bytes([changed]) + content[a + 1 :]
        if kind == "cut":
            content = content[:b]
        if kind == "lose":
            content = content[:a] + content[b:]
        if kind == "double":
            content = content[:b] + content[a:]
        if kind == "fill":
            filling = draw(st.sampled_from([b"\0", b"\xff", b" ", b"9"]))
            content = content[:a] + filling * (b - a) + content[b:]
    return content


@contextmanager
def no_hang():
    """Fail if the block takes half a minute; end the whole run after two minutes.

    The first needs signals, which Windows lacks, and a parser that comes back to
    Python from time to time.
    """

    def ring(signum, frame):
        raise AssertionError(f"a parser has not come back for {HANGS} seconds")

    faulthandler.dump_traceback_later(4 * HANGS, exit=True)
    rings = hasattr(signal, "setitimer")
    previous = signal.signal(signal.SIGALRM, ring) if rings else None
    try:
        if rings:
            signal.setitimer(signal.ITIMER_REAL, HANGS)
        yield
    finally:
        if rings:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
        faulthandler.cancel_dump_traceback_later()
