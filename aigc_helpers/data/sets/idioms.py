"""Four-character words of jieba's dictionary."""

import importlib.util
from pathlib import Path

from aigc_helpers.data.catalog import TextData
from aigc_helpers.data.splitting import Parts, split_apart


def read(root=None) -> Parts:
    """Four-character words that jieba's dictionary calls idioms (tag i).

    A training idiom that shares three characters with a test idiom, each in its
    place, or all four in another order, is left out: it would give the answer away.

    Raises
    ------
    ModuleNotFoundError
        If jieba is not installed.
    ValueError
        If its dictionary holds no such words.
    """
    words = load_words()
    idioms = [w for w, (_, tag) in words.items() if tag == "i" and len(w) == 4]
    if not idioms:
        raise ValueError(f"{_jieba_dictionary()}: no four-character words tagged i")
    return split_apart(idioms, _idiom_parts, lambda text, other, shared: True)


def load_words() -> dict[str, tuple[int, str]]:
    """Count and part of speech of every word in jieba's dictionary, by word.

    Raises
    ------
    ModuleNotFoundError
        If jieba is not installed.
    """
    lines = _jieba_dictionary().read_text("utf-8").splitlines()
    entries = (line.split(" ") for line in lines)
    return {word: (int(count), tag) for word, count, tag in entries}


def _jieba_dictionary() -> Path:
    """The file of words, found without importing jieba, which takes a while."""
    spec = importlib.util.find_spec("jieba")
    if spec is None:
        raise ModuleNotFoundError(
            "the idioms come from the package jieba: pip install jieba", name="jieba"
        )
    return Path(spec.origin).with_name("dict.txt")


def _idiom_parts(word: str) -> list[str]:
    """What two idioms share if they are too alike: all but one place, or all signs."""
    return [word[:i] + "_" + word[i + 1 :] for i in range(4)] + ["".join(sorted(word))]


DATASET = TextData(
    name="idioms",
    title="jieba 词典里的成语",
    files=(),
    licence="MIT",
    credit="jieba (Sun Junyi)",
    read=read,
    unit="条",
)
