"""Kinds of explorers are found by listing folders; a new one touches nothing else."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from aigc_book import explorer as directive
from explorer_talk import facts_in

from aigc_helpers import explorers, weights
from aigc_helpers.explorers import check, kinds, modules, site

ROOT = Path(__file__).parents[3]
FILES = {
    "__init__.py": '"""A lamp."""\n',
    "widget.py": """
import traitlets
from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.lamp.page import static_html


class LampExplorer(Explorer):
    _kind = "lamp"
    on = traitlets.Bool()

    def __init__(self):
        super().__init__({"source": "page"}, {"on": False})

    def _static_html(self):
        return static_html()
""",
    "page.py": """
from aigc_helpers.explorers.page import explorer_html


def static_html(network=""):
    return explorer_html("lamp", {"source": "page"}, {"on": False}, poster="<p>灯</p>",
                         network=network)


def shipped_page(name, card):
    return static_html(network=name)


def export_shipped(name, card, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(card["explorer"]["watts"])
    return path
""",
    "lamp.js": """import { fill } from "../front/core.js";
import { bright } from "./bulb.js";
export default { render({ el }) { el.textContent = fill("{n} W", { n: bright() }); } };
""",
    "bulb.js": "export function bright() {\n  return 40;\n}\n",
    "lamp.css": ".aigc-lamp { color: gold; }\n",
}


@pytest.fixture
def lamp(tmp_path, monkeypatch):
    """A kind "lamp" in a copy of the folder, and a shipped network of that kind."""
    folder = tmp_path / "package"
    shutil.copytree(kinds.FOLDER, folder)
    (folder / "lamp").mkdir()
    for name, text in FILES.items():
        (folder / "lamp" / name).write_text(text, "utf-8")
    monkeypatch.setattr(kinds, "FOLDER", folder)
    monkeypatch.setattr(explorers, "__path__", [*explorers.__path__, str(folder)])
    cards = {"bulb": {"explorer": {"kind": "lamp", "watts": "40"}}, "judge": {}}
    monkeypatch.setattr(weights, "names", lambda: list(cards))
    monkeypatch.setattr(weights, "card", cards.__getitem__)
    yield cards
    vars(explorers).pop("lamp", None)
    for name in [name for name in sys.modules if name.startswith(LAMP)]:
        del sys.modules[name]


LAMP = "aigc_helpers.explorers.lamp"


def test_a_new_folder_is_a_new_kind(lamp):
    assert "lamp" in kinds.names() and "LampExplorer" in dir(explorers)
    explorer = explorers.LampExplorer()
    assert explorer._repr_mimebundle_()[0]["text/html"].count("灯") == 1
    assert 'fill("{n} W"' in explorer._esm and "function bright()" in explorer._esm
    assert not re.search("^import ", explorer._esm, re.MULTILINE)
    assert ".aigc-lamp { color: gold; }" in explorer._css


def test_a_new_kind_is_staged_and_its_networks_are_exported(lamp, tmp_path):
    staged = site.stage(tmp_path / "static")
    folder = tmp_path / "static" / "explorers"
    names = {path.relative_to(folder).as_posix() for path in staged[:-1]}
    assert {"lamp/lamp.js", "lamp/bulb.js", "explorers.css"} <= names
    assert (folder / "lamp" / "lamp.js").read_text("utf-8") == FILES["lamp.js"]
    assert FILES["lamp.css"] in (folder / "explorers.css").read_text("utf-8")
    assert staged[-1] == tmp_path / "static" / "networks" / "bulb.onnx"
    assert staged[-1].read_text() == "40"


def test_a_page_without_code_shows_a_new_kind(lamp):
    html = directive.shipped_page("bulb")
    assert 'data-explorer="lamp" data-network="bulb"' in html


# ---- what is found ---------------------------------------------------------------


def test_all_kinds_are_found_and_all_classes():
    assert len(kinds.names()) >= 7 and "front" not in kinds.names()
    assert set(kinds.class_kinds().values()) == set(kinds.names()) - {"check"}
    for name, kind in kinds.class_kinds().items():
        assert getattr(explorers, name)._kind == kind
    assert set(kinds.names()) <= set(dir(explorers))


def test_a_name_that_no_kind_has_is_an_attribute_error():
    with pytest.raises(AttributeError, match="TelescopeExplorer"):
        _ = explorers.TelescopeExplorer
    with pytest.raises(ImportError):
        exec("from aigc_helpers.explorers import TelescopeExplorer")


@pytest.mark.parametrize("kind", kinds.names())
def test_every_kind_keeps_the_contract(kind):
    folder = kinds.FOLDER / kind
    for name in ("widget.py", "setting.py", "page.py", "words.py", f"{kind}.js"):
        assert (folder / name).is_file(), name
    text = modules.module_text(kind)
    assert len(re.findall(r"^export ", text, re.MULTILINE)) == 1
    page = kinds.part(kind, "page")
    assert hasattr(page, "shipped_page") == hasattr(page, "export_shipped")


LOADED = """
import sys
from aigc_helpers.explorers import ConvolutionExplorer
print(*sorted(n for n in sys.modules if n.startswith("aigc_helpers.explorers.")))
"""


def test_importing_one_explorer_imports_no_other():
    command = [sys.executable, "-W", "ignore", "-c", LOADED]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[2] for name in result.stdout.split()}
    assert loaded & set(kinds.names()) == {"convolution"}


def test_the_installed_package_has_the_front_end_s_files():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["aigc_helpers"]
    package = ROOT / "aigc_helpers"
    shipped = {path for pattern in patterns for path in package.glob(pattern)}
    files = [path for path in kinds.FOLDER.rglob("*") if path.is_file()]
    front = {path for path in files if path.suffix not in (".py", ".pyc")}
    assert len(front) > 30 and front <= shipped


# ---- shipped networks --------------------------------------------------------------


def test_a_card_without_an_explorer_or_of_another_kind_is_refused(lamp, tmp_path):
    lamp["scope"] = {"explorer": {"kind": "telescope"}}
    lamp["curve"] = {"explorer": {"kind": "formula"}}
    for name, kind in (("scope", "telescope"), ("curve", "formula"), ("judge", "")):
        refused = pytest.raises(ValueError, match=f"{name}.* an explorer '{kind}'")
        with refused:
            site.shipped_page(name)
        with refused:
            site.export_network(name, tmp_path)
    with pytest.raises(ValueError, match="asks for an explorer 'telescope'"):
        site.export_all(tmp_path)


@pytest.mark.parametrize("name", ["gan_mnist", "vae_mnist_plane", "rnn_idioms"])
def test_a_card_is_read_once_for_a_page(name, monkeypatch):
    card, asked = weights.card, []

    def count(*arguments):
        asked.append(arguments[0])
        return card(*arguments)

    for module in (weights, weights.shipped):
        monkeypatch.setattr(module, "card", count)
    assert f'data-network="{name}"' in site.shipped_page(name)
    assert asked == [name]


# ---- files of the front end ----------------------------------------------------------


def test_a_name_declared_twice_is_refused():
    with pytest.raises(ValueError, match="paint"):
        modules.join_modules(["function paint() {}", "const paint = 1;"])
    with pytest.raises(ValueError, match="import"):
        modules.join_modules(["const a = 1;", 'import b from "./b.js";'])


def test_all_that_kinds_may_share_can_be_joined_to_one_text():
    host = kinds.FOLDER / "front" / "host.js"  # of pages alone
    shared = sorted({*(kinds.FOLDER / "front").rglob("*.js")} - {host})
    assert len(shared) > 15
    modules.join_modules([path.read_text("utf-8") for path in shared])


def test_staging_copies_files_and_exports_networks(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(site, "export_all", lambda to: asked.append(to) or [])
    folder = tmp_path / "explorers"
    staged = {path.relative_to(folder).as_posix() for path in site.stage(tmp_path)}
    needed = {"front/core.js", "latent/latent.js", "front/host.js", "explorers.css"}
    assert needed | {"front/sound/wav.js"} <= staged
    assert asked == [tmp_path / "networks"]
    core = folder / "front" / "core.js"
    core.write_text("old")
    site.stage(tmp_path)
    assert core.read_bytes() == (kinds.FOLDER / "front" / "core.js").read_bytes()


def test_the_style_sheet_begins_with_what_all_share():
    shared = (kinds.FOLDER / "front" / "explorers.css").read_text("utf-8")
    text = modules.style_text()
    assert text.startswith(shared)
    for sheet in kinds.FOLDER.glob("*/*.css"):
        assert text.count(sheet.read_text("utf-8")) == 1


def test_a_kind_has_its_own_style_and_that_of_the_modules_which_it_uses():
    text = modules.style_text(["sweep"])
    assert ".aigc-sweep" in text and ".aigc-chart" in text
    assert not re.search(r"\.aigc-(sound|transport|check)\b", text)
    text = modules.style_text(["player"])
    assert ".aigc-sound-plot" in text and ".aigc-transport" in text
    assert ".aigc-chart " not in text


@pytest.mark.parametrize("kind", kinds.names())
def test_what_a_kind_uses_is_styled_by_its_own_sheet(kind):
    """Classes that some sheet styles, and variables that some sheet sets."""
    own, everything = modules.style_text([kind]), modules.style_text()
    sources = [*modules._modules(kind), *(kinds.FOLDER / kind).glob("*.py")]
    texts = "".join(path.read_text("utf-8") for path in sources)
    classes = re.compile(r"(?<=\.)aigc-[\w-]+")
    styled = {*classes.findall(everything)} - {*classes.findall(own)}
    assert {*re.findall(r"aigc-[\w-]+", texts)} & styled == set()
    variables = re.compile(r"(--[\w-]+):")
    elsewhere = {*variables.findall(everything)} - {*variables.findall(own)}
    assert {*re.findall(r"var\((--[\w-]+)", own)} & elsewhere == set()


def test_a_check_is_found_as_the_room_of_its_functions():
    assert set(check.TYPES) == {"choice", "number", "order"}
    made = check.number("2 + 2？", answer=4)
    html = made._static_html()
    assert facts_in(html)["_config"]["type"] == "number"


@pytest.mark.parametrize("kind", kinds.names())
def test_a_kind_gives_no_node_the_class_of_another_kinds_box(kind):
    """Style sheets are joined: what styles such a class would style the other box."""
    boxes = {f"aigc-{other}" for other in kinds.names()} - {f"aigc-{kind}"}
    texts = [
        path.read_text("utf-8")
        for path in (kinds.FOLDER / kind).iterdir()
        if path.suffix in {".css", ".js", ".py"}
    ]
    used = {name for text in texts for name in re.findall(r"aigc-[\w-]+", text)}
    assert used & boxes == set()


@pytest.mark.parametrize("kind", kinds.names())
def test_a_module_s_text_stands_alone(kind):
    text = modules.module_text(kind)
    assert not re.search(r"^import ", text, re.MULTILINE)
    assert len(re.findall(r"^export ", text, re.MULTILINE)) == 1
    assert re.search(r"^export default ", text, re.MULTILINE)
