"""Installing the package on Colab changes nothing that Colab has: pip is asked.

pip resolves, without installing and without a network, in an environment whose
packages are metadata alone, those of a Colab machine; the index that it may take from
has a newer version of each, and what Colab lacks.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
COLAB = tomllib.loads((ROOT / "tests/colab/packages.toml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEWER = "9999.0"


def plain(name: str) -> str:
    """A package's name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


VERSIONS = {plain(n): v for n, v in (COLAB["published"] | COLAB["observed"]).items()}
LACKING = {"jedi"} | {
    plain(Requirement(line).name) for line in PROJECT["dependencies"]
} - set(VERSIONS)


def metadata(name: str, version: str, requires=()) -> str:
    """Text of the file METADATA."""
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    return "\n".join(head + [f"Requires-Dist: {line}" for line in requires]) + "\n"


def install(folder: Path, name: str, version: str, requires) -> None:
    """Leave the traces of an installed package."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(metadata(name, version, requires))
    (info / "INSTALLER").write_text("pip\n")


def make_wheel(folder: Path, name: str, version: str, requires=()) -> Path:
    """Write a wheel of metadata alone."""
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", metadata(name, version, requires))
        wheel.writestr(f"{stem}.dist-info/WHEEL", tags)
        wheel.writestr(f"{stem}.dist-info/RECORD", "")
    return path


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """An interpreter whose environment looks like Colab's, and an index beside it."""
    folder = tmp_path_factory.mktemp("colab")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    [packages] = (folder / "env").glob("lib/python*/site-packages")
    requires = {plain(name): lines for name, lines in COLAB["requires"].items()}
    assert set(requires) <= set(VERSIONS)
    (folder / "index").mkdir()
    for name, version in VERSIONS.items():
        install(packages, name, version, requires.get(name, ()))
        make_wheel(folder / "index", name, NEWER)
    for name in LACKING:
        make_wheel(folder / "index", name, NEWER)
    return folder


def resolve(colab: Path, folder: Path, dependencies: list[str]) -> dict[str, str]:
    """Versions of all that pip would install with the package."""
    wheel = make_wheel(folder, "aigc_helpers", PROJECT["version"], dependencies)
    python = colab / "env" / "bin" / "python"
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    result = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--dry-run"]
        + ["--quiet", "--report", "-", "--no-index", "--find-links"]
        + [str(colab / "index"), str(wheel)],
        env={**clean, "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    found = [item["metadata"] for item in json.loads(result.stdout)["install"]]
    return {plain(item["name"]): item["version"] for item in found}


def test_installing_adds_only_what_colab_lacks(colab, tmp_path):
    added = resolve(colab, tmp_path, PROJECT["dependencies"])
    changed = {n: (VERSIONS[n], v) for n, v in added.items() if n in VERSIONS}
    assert changed == {}
    assert "aigc-helpers" in added and set(added) <= LACKING | {"aigc-helpers"}


@pytest.mark.parametrize(
    "tightened", ["ipywidgets>=8", "torch>=2.12", "numpy>=2.2", "matplotlib<3.10"]
)
def test_a_tighter_range_would_change_colab(colab, tmp_path, tightened):
    name = Requirement(tightened).name
    others = [
        line for line in PROJECT["dependencies"] if Requirement(line).name != name
    ]
    if "<" in tightened:
        make_wheel(colab / "index", name, "3.9")
    assert name in resolve(colab, tmp_path, [*others, tightened])


def test_the_package_accepts_colabs_python():
    assert COLAB["python"] in SpecifierSet(PROJECT["requires-python"])
