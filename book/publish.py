"""Publication of the book by any fork: addresses, and copies of the chapters for Colab.

No notebook and no file of the repository names the repository's address. A publication
knows it, from the command line or from the environment, and writes it into what it
makes: the launch links of the site, and copies of the notebooks whose first cell
installs ``aigc_helpers`` from that fork at that commit. By itself it writes the branch
that Colab opens, and needs nothing but Python::

    python book/publish.py --repository OWNER/NAME --ref SHA --to FOLDER
"""

import argparse
import json
import os
import posixpath
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

BRANCH = "colab"  # of the fork; Colab opens files of a branch, not of a Pages site

# Owner and name as GitHub allows them.
REPOSITORY = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9])*/[A-Za-z0-9._-]+")
COMMIT = re.compile(r"[0-9a-f]{40}")
# The file of a relative Markdown link; an extension tells it from f[x](t) in a formula.
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)\s#]+\.\w+)(?=[)#])")

ROOT = Path(__file__).parents[1]
LICENCES = ("LICENSE", "LICENSE-text")  # which go with the copies
SOURCES = "aigc_helpers/weights/SOURCES.txt"  # of the shipped networks

SETUP_ID = "aigc-setup"  # of the cell, as nbformat 4.5 asks
SETUP = """\
# @title 先运行这一格：安装本书的工具包 { display-mode: "form" }
# 只添加 aigc_helpers，以及这里没有、它又必需的包；已有的包不升级，不降级，不重装。
# aigc_helpers 已经装好时，这一格什么也不做。
# 许可：正文和图 CC BY-SA 4.0，代码 Apache-2.0。
# 随书的网络用了谁的数据：{sources}
def install_aigc_helpers(source):
    import subprocess
    import sys
    import tempfile
    from importlib import invalidate_caches, metadata, util
    from pathlib import Path

    from IPython.core.error import UsageError
    from packaging.requirements import InvalidRequirement, Requirement

    def stop(reason):
        # 只显示一行，没有长长的调用栈；“全部运行”也会在这里停下。
        raise UsageError(f"aigc_helpers 没有装好，已有的包都没有改动：{reason}。")

    def pip(*arguments):
        command = [sys.executable, "-m", "pip", *arguments, "--quiet"]
        result = subprocess.run(command, capture_output=True, text=True)
        lines = result.stderr.strip().splitlines() or ["pip 没有说明原因"]
        errors = [line for line in lines if line.startswith("ERROR")] or lines
        return errors[0][:120] if result.returncode else None  # 网络的错误很长

    def install_missing(names):
        # 这一步要装别的包，所以把已有的版本都写成约束；装不到一起就停下。
        kept = {}
        for found in metadata.distributions():
            try:
                line = str(Requirement(f"{found.name}=={found.version}"))
            except InvalidRequirement:  # 系统自带的包，版本号不合规范
                continue
            kept.setdefault(found.name, line)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "constraints.txt"
            file.write_text("\\n".join(kept.values()))
            return pip("install", "--constraint", str(file), *names)

    if util.find_spec("aigc_helpers"):
        print("aigc_helpers 已经装好。")
        return
    print("正在安装 aigc_helpers，大约需要半分钟……")
    if error := pip("install", "--no-deps", f"aigc_helpers @ {source}"):
        stop(f"请检查网络，再运行这一格（{error}）")
    invalidate_caches()
    error, missing = None, []
    for need in map(Requirement, metadata.requires("aigc_helpers")):
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            missing.append(f"{need.name}{need.specifier}")
            continue
        if not need.specifier.contains(version, prereleases=True):
            error = f"这里的 {need.name} 是 {version}，本书需要 {need.specifier}"
    if missing and not error:
        error = install_missing(missing)
    if error:
        pip("uninstall", "--yes", "aigc_helpers")  # 下次运行时从头再来
        stop(error)
    print("装好了，接着往下运行。")


install_aigc_helpers("{archive}")
"""

README = """\
# Colab copies

Copies of the book's notebooks for Google Colab, made by `book/publish.py` from commit
[{commit}]({tree}). Every publication writes this branch anew: change the notebooks of
the book, not these.

Text and figures: CC BY-SA 4.0 (`LICENSE-text`); code: Apache-2.0 (`LICENSE`); whose
data the book's networks were trained on: [`SOURCES.txt`]({sources}).

为 Google Colab 生成的笔记本，每次发布都会重写；要修改，请改书里的笔记本。
"""


@dataclass(frozen=True)
class Publication:
    """A commit of a fork on GitHub.

    Parameters
    ----------
    repository : str
        ``owner/name``.
    commit : str
        The full SHA-1, 40 hexadecimal digits: a name of a branch would not be fixed.

    Raises
    ------
    ValueError
        If either has another form.
    """

    repository: str
    commit: str

    def __post_init__(self):
        if not REPOSITORY.fullmatch(self.repository):
            raise ValueError(
                f"仓库应写成 所有者/名称，例如 someone/aigc-book，"
                f"而不是 {self.repository!r}"
            )
        if not COMMIT.fullmatch(self.commit):
            raise ValueError(
                f"版本应是完整的提交号（40 位十六进制数，见 git rev-parse HEAD），"
                f"而不是 {self.commit!r}"
            )

    @property
    def home(self) -> str:
        """Address of the repository."""
        return f"https://github.com/{self.repository}"

    @property
    def archive(self) -> str:
        """The commit as one file: pip needs no git for it, and fetches no history."""
        return f"{self.home}/archive/{self.commit}.tar.gz"

    def source(self, path: str) -> str:
        """Address at which a file of the repository, at this commit, is read."""
        return f"{self.home}/blob/{self.commit}/{quote(path)}"

    def colab(self, path: str) -> str:
        """Address that opens the copy of the notebook at ``path`` in Colab."""
        opener = "https://colab.research.google.com/github"
        return f"{opener}/{self.repository}/blob/{BRANCH}/{quote(path)}"


def from_environment() -> Publication | None:
    """The publication that is being built; None for a local build.

    ``AIGC_REPOSITORY`` is ``owner/name``, ``AIGC_REF`` the commit.
    """
    repository = os.environ.get("AIGC_REPOSITORY", "")
    if not repository:
        return None
    return Publication(repository, os.environ.get("AIGC_REF", ""))


def colab_copy(notebook: dict, publication: Publication, path: str) -> dict:
    """A notebook with a set-up cell before its first, and links that lead somewhere.

    Outputs stay: the copy opens as the page looks, and nothing has to run first.

    Parameters
    ----------
    notebook : dict
        Notebook format 4, as JSON has it. It is not changed.
    publication : Publication
        Where ``aigc_helpers`` is installed from.
    path : str
        Of the notebook in the repository: relative links start there.
    """
    cells = [linked(cell, publication, path) for cell in notebook["cells"]]
    return {**notebook, "cells": [setup_cell(publication), *cells]}


def setup_cell(publication: Publication) -> dict:
    """The first cell: install the package here, unless it is installed."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": SETUP_ID,
        "metadata": {"cellView": "form"},
        "outputs": [],
        "source": SETUP.replace("{archive}", publication.archive)
        .replace("{sources}", publication.source(SOURCES))
        .rstrip(),
    }


def linked(cell: dict, publication: Publication, path: str) -> dict:
    """The cell with relative links of its text led to the repository's files."""
    if cell["cell_type"] != "markdown":
        return cell

    def lead(match: re.Match) -> str:
        target = posixpath.join(posixpath.dirname(path), match[1])
        return publication.source(posixpath.normpath(target))

    return {**cell, "source": LINK.sub(lead, "".join(cell["source"]))}


def publish(notebooks: Path, folder: Path, publication: Publication) -> list[Path]:
    """Write the content of the branch ``colab``: copies, a README, the licences.

    Parameters
    ----------
    notebooks : Path
        Folder of the notebooks; copies lie in one of the same name.
    folder : Path
        Where to write; it is made, or empty.
    publication : Publication
        Whose copies they are.

    Returns
    -------
    list of Path
        The copies.

    Raises
    ------
    FileNotFoundError
        If there is no notebook.
    FileExistsError
        If ``folder`` holds something: a copy of a notebook that is gone would stay.
    """
    sources = sorted(notebooks.glob("*.ipynb"))
    if not sources:
        raise FileNotFoundError(f"{notebooks} 里没有笔记本；请在本书的根目录里运行")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} 不是空的；请删去它，或换一个文件夹")
    tree = f"{publication.home}/tree/{publication.commit}"
    readme = README.format(
        commit=publication.commit[:12],
        tree=tree,
        sources=publication.source(SOURCES),
    )
    name = notebooks.resolve().name
    (folder / name).mkdir(parents=True)
    (folder / "README.md").write_text(readme, encoding="utf-8")
    for licence in LICENCES:
        shutil.copyfile(ROOT / licence, folder / licence)
    return [
        write_copy(source, folder / name / source.name, publication)
        for source in sources
    ]


def write_copy(source: Path, target: Path, publication: Publication) -> Path:
    """Write the copy of one notebook, in the form in which nbformat writes them."""
    path = f"{source.resolve().parent.name}/{source.name}"
    notebook = json.loads(source.read_text(encoding="utf-8"))
    copy = colab_copy(notebook, publication, path)
    text = json.dumps(copy, ensure_ascii=False, indent=1)
    target.write_text(text + "\n", encoding="utf-8")
    return target


def build_parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    parser = argparse.ArgumentParser(description="Write the branch that Colab opens.")
    parser.add_argument("--repository", required=True, metavar="OWNER/NAME")
    parser.add_argument("--ref", required=True, metavar="SHA", help="40 digits")
    parser.add_argument("--to", type=Path, required=True, help="a new or empty folder")
    parser.add_argument("--notebooks", type=Path, default=Path("notebooks"))
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Write the content of the branch that Colab opens; exit status 2 if it cannot."""
    options = build_parser().parse_args(arguments)
    try:
        publication = Publication(options.repository, options.ref)
        for path in publish(options.notebooks, options.to, publication):
            print(f"{path} ({path.stat().st_size / 1e3:.0f} kB)")
    except (OSError, ValueError) as error:
        print(f"publish: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
