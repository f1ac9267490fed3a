"""How each collection of texts is read, cleaned and divided."""

import importlib.util
import json
import re
import sys
import sysconfig
import tokenize
from pathlib import Path

from aigc_helpers.data.catalog import find_dataset
from aigc_helpers.data.download import fetch
from aigc_helpers.data.splitting import is_held_out, split_apart

Parts = tuple[tuple[str, ...], tuple[str, ...]]  # training and test texts

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_QUATRAIN = re.compile(
    rf"(?:[{_HAN}]{{5}}[，。？！；：、]){{4}}|"
    rf"(?:[{_HAN}]{{7}}[，。？！；：、]){{4}}"
)
_STOPS = re.compile("[，。？！；：、]")


# ---- idioms ---------------------------------------------------------------------


def read_idioms(root=None) -> Parts:
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
    found = [w for w, (_, tag) in words.items() if tag == "i" and len(w) == 4]
    if not found:
        raise ValueError(f"{_jieba_dictionary()}: no four-character words tagged i")
    return split_apart(found, _idiom_parts, lambda text, other, shared: True)


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


# ---- poems of the Tang ----------------------------------------------------------


def read_tang(root=None) -> Parts:
    """Quatrains of five or seven characters a line, in simplified characters.

    A poem is one text of the form 春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。 with
    the punctuation of every poem made equal. Poems with missing characters, notes in
    brackets or another form are left out, and so is a training poem that shares a
    whole line, or half of its runs of three characters, with a test poem.

    Raises
    ------
    DatasetUnavailable
        If a file is neither here nor to be had.
    ValueError
        If a file is not what it should be.
    """
    poems = []
    for file in find_dataset("tang").files:
        poems += _quatrains(fetch("tang", file.name, root=root))
    return split_apart(_simplified(poems), _trigrams, _are_near_poems)


def _quatrains(path: Path) -> list[str]:
    """Poems of one file that have the form, in the characters of the file."""
    try:
        entries = json.loads(path.read_text("utf-8"))
        texts = ["".join(entry["paragraphs"]) for entry in entries]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path}: not a list of poems ({error})") from error
    return [_in_one_form(text) for text in texts if _QUATRAIN.fullmatch(text)]


def _in_one_form(poem: str) -> str:
    """The four lines with a comma after odd ones and a stop after even ones."""
    a, b, c, d = _lines(poem)
    return f"{a}，{b}。{c}，{d}。"


def _lines(poem: str) -> list[str]:
    return _STOPS.split(poem)[:4]


def _simplified(poems: list[str]) -> list[str]:
    """All poems by OpenCC's phrases and characters, traditional to simplified."""
    from opencc import OpenCC  # wanted for this collection alone

    return OpenCC("t2s").convert("\n".join(poems)).split("\n")


def _trigrams(poem: str) -> list[str]:
    """Runs of three characters within the lines."""
    return [line[i : i + 3] for line in _lines(poem) for i in range(len(line) - 2)]


def _are_near_poems(poem: str, other: str, shared: int) -> bool:
    most = max(len(set(_trigrams(poem))), len(set(_trigrams(other))))
    return 2 * shared >= most or not set(_lines(poem)).isdisjoint(_lines(other))


# ---- Python's own source --------------------------------------------------------


def read_python(root=None) -> Parts:
    """Top-level modules of the standard library, a whole file each.

    Files are held out by the hash of the module's name. They are those of the running
    Python: another version has other files, and figures that differ a little.

    Raises
    ------
    ValueError
        If this Python keeps no source files.
    """
    folder = Path(sysconfig.get_path("stdlib"))
    names = sorted(
        name for name in sys.stdlib_module_names if (folder / f"{name}.py").is_file()
    )
    if not names:
        raise ValueError(f"{folder}: this Python has no source files of its library")
    sources = {name: _read_source(folder / f"{name}.py") for name in names}
    train = tuple(text for name, text in sources.items() if not is_held_out(name))
    test = tuple(text for name, text in sources.items() if is_held_out(name))
    return train, test


def _read_source(path: Path) -> str:
    with tokenize.open(path) as stream:
        return stream.read()


# ---- Shakespeare ----------------------------------------------------------------


def read_shakespeare(root=None) -> Parts:
    """Tiny Shakespeare: the first nine tenths, and the last, as everybody divides it.

    Raises
    ------
    DatasetUnavailable
        If the file is neither here nor to be had.
    """
    text = fetch("shakespeare", "input.txt", root=root).read_text("utf-8")
    cut = int(0.9 * len(text))
    return (text[:cut],), (text[cut:],)
