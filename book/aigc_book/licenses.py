"""What the site passes on of others: directive ``{licenses}``, and ``LICENSES.txt``.

``book/licenses.yml`` lists the works; their words are copied from what is installed.
The data behind the shipped networks are those that data sets and cards name.
"""

import json
import re
import sysconfig
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from aigc_helpers import data, weights

ROOT = Path(__file__).parents[2]
LIST = ROOT / "book" / "licenses.yml"
PLACES = (Path(sysconfig.get_path("purelib")), ROOT)
FILE = "LICENSES.txt"  # at the root of the site
RULE = "=" * 78
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
HEAD = """\
AIGC 从入门到实战: the text and figures are licensed under CC BY-SA 4.0, the code under
the Apache License 2.0; both stand at the end of this file. The works below are others'
and come with the site, the archive for reading offline or the package. Where one names
the MIT License without its words, they are those that stand under onnxruntime-web.

正文和图以 CC BY-SA 4.0 发布，代码以 Apache-2.0 发布，全文在本文件的末尾。下面列出网页、
离线压缩包和工具包里别人的作品，以及它们各自的许可。
"""


@dataclass(frozen=True)
class Work:
    """A work of others; ``licenses.yml`` says what the fields are."""

    name: str
    use: str
    by: str
    licence: str
    files: tuple[str, ...]
    texts: tuple[str, ...]
    pip: str = ""
    npm: str = ""

    @property
    def version(self) -> str:
        """The version that is installed, if the list names a package."""
        if self.npm:
            package = ROOT / "node_modules" / self.npm / "package.json"
            return json.loads(package.read_text("utf-8"))["version"]
        return metadata.version(self.pip) if self.pip else ""

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}".strip()

    def words(self) -> str:
        """What the installed packages say of its licence, word for word."""
        return "\n\n".join(notice(pattern) for pattern in self.texts)


def works() -> list[Work]:
    """All works of the list."""
    entries = yaml.safe_load(LIST.read_text("utf-8"))["works"]
    return [Work(**entry) for entry in entries]


def notice(pattern: str) -> str:
    """The words that lie at one place, where there must be one file.

    Raises
    ------
    ExtensionError
        If there is none, or more than one.
    """
    found = [path for place in PLACES for path in place.glob(pattern)]
    if len(found) != 1:
        raise ExtensionError(f"licenses.yml: {pattern!r} names {len(found)} files")
    text = found[0].read_text("utf-8").strip()
    return COMMENT.search(text)[0] if found[0].suffix == ".js" else text


def sources() -> str:
    """Of which data the shipped networks were made, whose, under which licence."""
    networks = [f"{name}: {weights.card(name)['data']}" for name in weights.names()]
    sets = [
        f"{dataset.title}: {dataset.credit}; {dataset.licence}"
        for dataset in data.datasets().values()
    ]
    lines = [
        "The networks (*.safetensors, and *.onnx on the site) are licensed under the",
        "Apache License 2.0. They were trained on these data:",
        "",
        *networks,
        "",
        "Whose data the book reads, and under which licence:",
        "",
        *sets,
    ]
    return "\n".join(lines) + "\n"


def full_text() -> str:
    """What stands in LICENSES.txt."""
    parts = [HEAD]
    parts += [
        f"{RULE}\n{work.title}\n{work.by}\n{work.licence}\n{RULE}\n\n{work.words()}\n"
        for work in works()
    ]
    parts.append(f"{RULE}\nNetworks and data\n{RULE}\n\n{sources()}")
    for name in ("LICENSE-text", "LICENSE"):
        own = (ROOT / name).read_text("utf-8").strip()
        parts.append(f"{RULE}\nAIGC 从入门到实战: {name}\n{RULE}\n\n{own}\n")
    return "\n".join(parts)


def work_rows() -> list[str]:
    """A table of the works in MyST."""
    rows = [f"| {w.title} | {w.use} | {w.by} | {w.licence} |" for w in works()]
    return ["| 作品 | 用在哪里 | 作者 | 许可 |", "|---|---|---|---|", *rows]


def data_rows() -> list[str]:
    """A table of the data sets in MyST."""
    rows = [
        f"| {dataset.content} | {dataset.credit} | {dataset.licence} |"
        for dataset in data.datasets().values()
    ]
    return ["| 数据 | 作者 | 许可 |", "|---|---|---|", *rows]


TABLES = {"works": work_rows, "data": data_rows}


class Licenses(SphinxDirective):
    """Place a table: of the works, or of the data."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table; the page is read again when the list changes."""
        name = self.arguments[0]
        if name not in TABLES:
            raise self.error(f"licenses {name!r}: known are {', '.join(TABLES)}")
        self.env.note_dependency(str(LIST))
        container = nodes.container()
        lines = StringList(TABLES[name]())
        self.state.nested_parse(lines, self.content_offset, container)
        return container.children


def write_file(app, exception) -> None:
    """Write the licences' words at the root of the site."""
    if not exception and app.builder.format == "html":
        (Path(app.outdir) / FILE).write_text(full_text(), "utf-8")


def setup(app):
    """Register the directive, and write the file when the build is finished."""
    app.add_directive("licenses", Licenses)
    app.connect("build-finished", write_file)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
