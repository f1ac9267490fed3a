"""Held-out texts: chosen by a hash, with nothing like them left in training."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

HELD_OUT = 10  # one text in so many
Parts = tuple[tuple[str, ...], tuple[str, ...]]  # training and test texts


def is_held_out(key: str) -> bool:
    """Does this text belong to the test set? The same answer on every machine.

    True where SHA-256 of the text, its first eight bytes read as a big-endian
    integer, is divisible by ten.
    """
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") % HELD_OUT == 0


def split_apart(
    texts: Iterable[str],
    features: Callable[[str], Iterable[Hashable]],
    is_near: Callable[[str, str, int], bool],
) -> Parts:
    """Training and test texts; what is near a test text leaves the training texts.

    Parameters
    ----------
    texts : iterable of str
        Copies beyond the first are dropped.
    features : callable
        Hashable parts of a text; only texts that share one are compared.
    is_near : callable
        Gets a training text, a test text and how many features they share.
    """
    texts = list(dict.fromkeys(texts))
    test = [text for text in texts if is_held_out(text)]
    holders = _holders(test, features)
    train = []
    for text in texts:
        if is_held_out(text):
            continue
        shared = Counter(
            i for part in set(features(text)) for i in holders.get(part, ())
        )
        if not any(is_near(text, test[i], n) for i, n in shared.items()):
            train.append(text)
    return tuple(train), tuple(test)


def _holders(texts: Sequence[str], features) -> dict[Hashable, list[int]]:
    """Which texts have a feature."""
    holders = defaultdict(list)
    for i, text in enumerate(texts):
        for part in set(features(text)):
            holders[part].append(i)
    return holders
