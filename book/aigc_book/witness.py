r"""What vouches for the labelled equations of chapters whose equations stand in prose.

``book/witnesses/TOPIC.py`` defines ``WITNESSES``: for each label a `Computed`, whose
formula is read from the chapter's own LaTeX and computed beside the code that the
chapter uses, or a `Named`, which says which cells compute it. Chapter 04 has its checks
in its own cells.
"""

import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from aigc_helpers.equations import Equation, equation

FOLDER = Path(__file__).parents[1] / "witnesses"
LABELLED = re.compile(r'<a id="(eq-[\w-]+)"></a>\s*\$\$(.+?)\$\$', re.DOTALL)
NUMBER = re.compile(r"\\tag\{([\d.]+)\}")
LIKE = re.compile(r"\\[td]frac(?![a-z])")
SHORT = re.compile(r"\\frac(\d)(\d|[A-Za-z]|\\[A-Za-z]+)")
BETWEEN = re.compile(r"[,;]\s*\\q?quad")


@dataclass(frozen=True)
class Computed:
    r"""An equation that is computed from the LaTeX of the chapter.

    Attributes
    ----------
    name : str
        What readers call it.
    by : str
        How it is checked, in words for readers.
    values : callable
        Gives what the names stand for, see `aigc_helpers.equations.claim`.
    read : dict
        What stands for people alone, and how it is read: ``{r"\sum_j": …}``.
    tolerance : float
    why : str
        Why wrong writings that no check can refuse are not wrong.
    """

    name: str
    by: str
    values: Callable[[], dict]
    read: Mapping[str, str] = field(default_factory=dict)
    tolerance: float = 1e-10
    why: str = ""

    def check(self, label: str, latex: str) -> list[Equation]:
        """One result for each equation that stands under the label.

        Raises
        ------
        EquationFails, LatexError, UnknownName
            If it does not hold or cannot be computed.
        """
        told = {"by": self.by, "tolerance": self.tolerance, "why": self.why}
        with double_precision():
            return [
                equation(label, self.name, part, **told, **self.values())
                for part in parts(latex, self.read)
            ]


@dataclass(frozen=True)
class Named:
    """An equation that cells of its chapter compute.

    Attributes
    ----------
    name, by : str
        As above.
    cells : tuple of str
        Ids of code cells, one of which asserts what it found.
    """

    name: str
    by: str
    cells: tuple[str, ...]


@contextmanager
def double_precision():
    """Rounding is no error of a formula."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def parts(latex: str, read: Mapping[str, str]) -> list[str]:
    """The equations under one label, each as it is read.

    Raises
    ------
    ValueError
        If something that is to be read otherwise does not stand there.
    """
    text = NUMBER.sub("", " ".join(latex.split()))
    for shown, meant in read.items():
        if shown not in text:
            raise ValueError(f"no {shown} in {latex}")
        text = text.replace(shown, meant)
    text = SHORT.sub(r"\\frac{\1}{\2}", without_braces(LIKE.sub(r"\\frac", text)))
    text = text.replace(r"\!", "").replace(r"^{\top}", r"^\top")
    found = (part.strip(" .,;") for part in BETWEEN.split(text))
    return [part for part in found if re.search(r"=|\\[lg]e|\\approx", part)]


def without_braces(text: str) -> str:
    r"""``\underbrace{x}_{y}`` as ``x``."""
    while (at := text.find(r"\underbrace")) >= 0:
        start, end = group(text, at + len(r"\underbrace"))
        inner, rest = text[start + 1 : end - 1], text[end:]
        if rest.startswith("_{"):
            rest = rest[group(rest, 1)[1] :]
        text = text[:at] + inner + rest
    return text


def group(text: str, at: int) -> tuple[int, int]:
    """Where a group in braces that begins at a place ends."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == "{") - (text[i] == "}")
        if depth == 0:
            return at, i + 1
    raise ValueError(f"no closing brace in {text[at:]}")


def labelled(notebook) -> dict[str, str]:
    """LaTeX of the labelled equations that stand in a notebook's prose."""
    texts = (c.source for c in notebook.cells if c.cell_type == "markdown")
    return {m[1]: m[2] for text in texts for m in LABELLED.finditer(text)}


def witnesses(topic: str) -> dict[str, Computed | Named]:
    """What vouches for the equations of a chapter, by label; empty if nothing does."""
    path = FOLDER / f"{topic}.py"
    if not path.exists():
        return {}
    spec = importlib.util.spec_from_file_location(f"witnesses_{topic}", path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(FOLDER))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(FOLDER))
    return module.WITNESSES
