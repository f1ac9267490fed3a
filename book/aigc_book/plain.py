r"""Notebooks hold plain Markdown, which reads well wherever they are opened.

Sphinx gets from it the roles and captions that it wants:

    <a id="eq-gan-d"></a>                         $$D(x) = 1$$ (eq-gan-d)
    $$D(x) = 1 \tag{3}$$
    [(3)](#eq-gan-d)                              {eq}`eq-gan-d`
    [Elman [1990]](#cite-elman1990finding)        {cite:t}`elman1990finding`
    [[Elman, 1990](#cite-elman1990finding)]       {cite:p}`elman1990finding`
    a cell **图 2** …, tagged caption,            mystnb.figure.caption
    behind the cell with the picture
    <a href="#explorer?1=2" …>拉到 2</a>          [拉到 2](#explorer?1=2), too
    the same in <details>, behind a folded cell   the same
    a cell tagged works: the works cited          nothing: references.md lists them
    # @title 参考解答, over a folded cell         nothing: the site has its own words

`to_plain` writes the left side, with numbers, names and years, from either; so an
author types what is shorter, and ``make notebooks`` writes the rest.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from urllib.parse import quote

import nbformat
from nbformat.v4 import new_markdown_cell

from aigc_book import predictions, timeline, works

FOLDED = {
    "hide-cell": ("outputs_hidden", "source_hidden"),
    "hide-input": ("source_hidden",),
    "remove-input": ("source_hidden",),
}  # by tag, in the words of Jupyter
TITLE = "# @title "  # which Colab shows over the folded code, and JupyterLab beside it
MARKDOWN = "text/markdown"
LABEL = r"eq-[\w-]+"
NUMBERED = re.compile(rf"\$\$([^$]+?)(\s*)\$\$ \(({LABEL})\)")
TAGGED = re.compile(rf'<a id="({LABEL})"></a>\n\$\$([^$]+?) \\tag\{{\d+\}}(\s*)\$\$')
EQ = re.compile(rf"\{{eq\}}`({LABEL})`")
EQ_LINK = re.compile(rf"\[\(\d+\)\]\(#({LABEL})\)")
TO_EXPLORER = re.compile(r"\[([^][]+)\]\(#explorer(?:\?([^()\s]*))?\)")
CITE = re.compile(r"\{cite:([pt])\}`([\w,]+)`")
LINK_IN_BRACKETS = r"\[[^][]+\]\(#cite-\w+\)"
CITE_P = re.compile(rf"\[({LINK_IN_BRACKETS}(?:, {LINK_IN_BRACKETS})*)\]")
CITE_T = re.compile(r"\[[^][]+ \[[^][]+\]\]\(#cite-(\w+)\)")
KEY = re.compile(r"\(#cite-(\w+)\)")
CAPTION = re.compile(r"\*\*图 \d+\*\* ")
FOLD = "<details><summary>{}</summary>\n\n{}\n\n</details>"
IN_FOLD = re.compile(
    r"<details><summary>图 \d+</summary>\n\n(.*)\n\n</details>", re.DOTALL
)


def to_myst(notebook):
    """A copy for Sphinx: roles, labels and captions where plain text stands for them.

    Raises ValueError for a caption that follows no code.
    """
    notebook, cells = deepcopy(notebook), []
    for cell in notebook.cells:
        rewrite(cell, myst)
        if is_tagged(cell, "hide-cell") and cell.source.startswith(TITLE):
            cell.source = cell.source.partition("\n")[2]
        if is_tagged(cell, "caption"):
            give_caption(cells[-1] if cells else cell, cell.source)
        elif not is_tagged(cell, "works"):
            cells.append(cell)
    notebook.cells = cells
    return notebook


def to_plain(notebook):
    """A copy as notebooks are stored, from either form.

    Raises KeyError for an equation or a work that does not exist.
    """
    notebook = to_myst(notebook)
    labels = [m[3] for text in shown(notebook) for m in NUMBERED.finditer(text)]
    numbers = {label: n for n, label in enumerate(labels, start=1)}
    cells, n_figures = [], 0
    for cell in notebook.cells:
        cells.append(cell)
        fold(cell)
        if caption := take_caption(cell):
            n_figures += 1
            source = f"**图 {n_figures}** {caption}"
            if is_tagged(cell, "hide-cell"):  # no word of an answer stands open
                source = FOLD.format(f"图 {n_figures}", source)
            cells.append(new_cell("caption", source, f"{cell.id}-caption"))
    for cell in cells:
        rewrite(cell, lambda text: plain(text, numbers))
    notebook.cells = cells
    cells += list_of_works(notebook)
    return notebook


def rewrite(cell, change: Callable[[str], str]) -> None:
    """Change a cell's Markdown: its source, or what it shows."""
    if cell.cell_type == "markdown":
        cell.source = change(cell.source)
    for output in cell.get("outputs", ()):
        if MARKDOWN in output.get("data", ()):
            output.data[MARKDOWN] = change(output.data[MARKDOWN])


def shown(notebook) -> Iterator[str]:
    """All Markdown of a notebook, in order."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.source
        for output in cell.get("outputs", ()):
            if MARKDOWN in output.get("data", ()):
                yield output.data[MARKDOWN]


def myst(text: str) -> str:
    """Markdown with roles and labels."""
    text = TAGGED.sub(r"$$\2\3$$ (\1)", text)
    text = EQ_LINK.sub(r"{eq}`\1`", text)
    text = CITE_P.sub(lambda m: f"{{cite:p}}`{','.join(KEY.findall(m[1]))}`", text)
    return CITE_T.sub(r"{cite:t}`\1`", text)


def plain(text: str, numbers: dict[str, int]) -> str:
    """Markdown without roles and labels; numbers of equations by label."""
    text = NUMBERED.sub(lambda m: tagged(*m.groups(), numbers), text)
    text = EQ.sub(lambda m: f"[({numbers[m[1]]})](#{m[1]})", text)
    text = TO_EXPLORER.sub(lambda m: explorer_link(*m.groups()), text)
    return CITE.sub(lambda m: cited(m[1], m[2].split(",")), text)


def tagged(formula: str, space: str, label: str, numbers: dict[str, int]) -> str:
    """A formula with its number, below an anchor that links find."""
    return f'<a id="{label}"></a>\n$${formula} \\tag{{{numbers[label]}}}{space}$$'


def explorer_link(words: str, query: str | None) -> str:
    """A link that sets an explorer: Jupyter keeps the attribute, not the address."""
    settings = quote(query or "", safe="=&%.-")
    address = f"#explorer?{settings}" if query else "#explorer"
    return f'<a href="{address}" data-explorer-set="{settings}">{words}</a>'


def cited(kind: str, keys: list[str]) -> str:
    """One citation, as a part of the sentence or in brackets, in the site's order."""
    links = {key: f"(#cite-{key})" for key in works.listed(keys)}
    names = [(works.authors(key), works.year(key), links[key]) for key in links]
    if kind == "t":
        return ", ".join(f"[{who} [{when}]]{link}" for who, when, link in names)
    return "[" + ", ".join(f"[{who}, {when}]{link}" for who, when, link in names) + "]"


def is_tagged(cell, tag: str) -> bool:
    """Does the cell carry the tag?"""
    return tag in cell.metadata.get("tags", ())


def new_cell(tag: str, source: str, cell_id: str):
    """A Markdown cell that Sphinx does not see."""
    return new_markdown_cell(source, id=cell_id, metadata={"tags": [tag]})


def give_caption(cell, source: str) -> None:
    """Take a caption into the metadata of the cell with the picture."""
    source = IN_FOLD.sub(r"\1", source)
    if cell.cell_type != "code":
        raise ValueError(f"a caption that follows no code: {source}")
    about = cell.metadata.setdefault("mystnb", nbformat.from_dict({}))
    about["figure"] = nbformat.from_dict({"caption": CAPTION.sub("", source, count=1)})


def take_caption(cell) -> str | None:
    """Take the caption out of a cell's metadata."""
    figure = cell.metadata.get("mystnb", {}).pop("figure", None)
    return figure and figure["caption"]


def fold(cell) -> None:
    """Fold in Jupyter and Colab what a tag folds on the site."""
    for key in ("jupyter", "collapsed", "cellView"):
        cell.metadata.pop(key, None)
    for tag, parts in FOLDED.items():
        if is_tagged(cell, tag):
            cell.metadata["jupyter"] = nbformat.from_dict(dict.fromkeys(parts, True))
            cell.metadata["cellView"] = "form"
    if is_tagged(cell, "remove-input"):  # nbconvert, and so nbviewer, obey this alone
        cell.metadata["transient"] = nbformat.from_dict({"remove_source": True})
    if is_tagged(cell, "hide-cell"):
        cell.metadata["collapsed"] = True  # which JupyterLab writes beside the other
        prompt = cell.metadata.get("mystnb", {}).get("code_prompt_show", "显示代码")
        cell.source = f"{TITLE}{prompt.removeprefix('显示')}\n{cell.source}"


def list_of_works(notebook) -> list:
    """A last cell with the works cited, if there are any."""
    keys = [key for text in shown(notebook) for key in KEY.findall(text)]
    lines = [
        f'- <a id="cite-{key}"></a>{entry}' for key, entry in works.listed(keys).items()
    ]
    return [new_cell("works", "\n".join(lines), "works")] if lines else []


def restore(app, docname: str, content: list[str]) -> None:
    """Let Sphinx read a notebook's MyST."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        notebook = to_myst(nbformat.reads(content[0], as_version=4))
        for cell in notebook.cells:
            if is_tagged(cell, "timeline"):
                cell.source = timeline.with_themes(cell.source)
            predictions.ask(cell)
        content[0] = nbformat.writes(notebook)


def setup(app):
    """Change what Sphinx reads."""
    app.connect("source-read", restore)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
