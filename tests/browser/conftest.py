"""A small site of explorers, with networks of its own: no book, no shipped weights."""

from pathlib import Path
from types import SimpleNamespace

import prepare
import pydata_sphinx_theme
import pytest
import torch
from aigc_book import sheets
from serve import serving

from aigc_helpers import gan
from aigc_helpers.explorers import site
from aigc_helpers.explorers.latent import page
from aigc_helpers.explorers.latent.setting import latent_setting
from aigc_helpers.weights import export

AXE = prepare.MODULES / "axe-core" / "axe.min.js"
LATENT_DIM = 16
PAGE = """<!doctype html>
<html lang="zh-CN"{theme}><head><meta charset="utf-8"><title>探索器</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/explorers/explorers.css">
<style>body {{ font-family: sans-serif; max-width: 44rem; margin: auto; padding: 8px }}
html[data-theme=dark] {{ background: #14181e; color: #ced6dd }}</style>
<script type="module" src="_static/explorers/front/host.js"></script></head>
<body><main><h1>探索器</h1>{body}</main></body></html>"""


@pytest.fixture(scope="session")
def decoders() -> dict:
    """Untrained decoders: "conditional" takes z and y, "plain" takes z."""
    torch.manual_seed(0)
    return {
        "conditional": gan.PixelDecoder(gan.ConditionalGenerator(LATENT_DIM, width=8)),
        "plain": gan.PixelDecoder(gan.Generator(LATENT_DIM, width=8)),
    }


@pytest.fixture(scope="session")
def explorers(decoders) -> dict:
    """HTML of an explorer on each decoder, and "strip", which has no network."""
    conditional = latent_setting(LATENT_DIM, 10, label=3)
    plain = latent_setting(LATENT_DIM, 0)
    return {
        "conditional": page.static_html(
            conditional, decoders["conditional"], network="conditional"
        ),
        "plain": page.static_html(plain, decoders["plain"], network="plain"),
        "strip": page.static_html(conditional, decoders["conditional"]),
    }


@pytest.fixture(scope="session")
def explorer_site(tmp_path_factory, decoders, explorers):
    """Folder laid out as the book's: pages, _static/{explorers,networks,vendor}."""
    folder = tmp_path_factory.mktemp("site")
    static = folder / "_static"
    site.stage_front(static)
    for name, decoder in decoders.items():
        export.export_decoder(
            decoder,
            static / "networks" / f"{name}.onnx",
            latent_dim=LATENT_DIM,
            n_classes=10 if name == "conditional" else 0,
        )
    prepare.stage_ort()
    (static / "vendor").symlink_to(prepare.VENDOR, target_is_directory=True)
    link = '<p>请把<a href="#explorer?1=2.5&amp;label=7">方向 1 拉到 2.5</a>。</p>'
    bodies = {
        "index": link + explorers["conditional"],
        "two": explorers["conditional"] + explorers["plain"],
        "same": explorers["plain"] + explorers["plain"],
        "strip": explorers["strip"],
    }
    for name, body in bodies.items():
        write(folder, name, body)
    themed(folder, explorers["conditional"])
    empty = PAGE.format(body='<div id="cell"></div>', theme="")
    host = '<script type="module" src="_static/explorers/front/host.js"></script>'
    (folder / "empty.html").write_text(empty.replace(host, ""), "utf-8")
    return folder


def write(folder: Path, name: str, body: str) -> None:
    """NAME.html and NAME-dark.html with that body, and the style of its kinds alone."""
    for suffix, theme in (("", ""), ("-dark", ' data-theme="dark"')):
        html = PAGE.format(body=body, theme=theme)
        html = sheets.link_own(html, folder / "_static")
        (folder / f"{name}{suffix}.html").write_text(html, "utf-8")


@pytest.fixture(scope="session")
def write_page(explorer_site):
    """Add a page to the small site: write_page("plane", html) gives plane.html."""
    return lambda name, body: write(explorer_site, name, body)


def themed(folder, explorer: str) -> None:
    """themed-dark.html: an explorer as a notebook's output under the book's theme."""
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme"
    styles = theme / "static" / "styles" / "pydata-sphinx-theme.css"
    (folder / "_static" / "theme.css").write_bytes(styles.read_bytes())
    output = f'<div class="cell_output"><div class="text_html">{explorer}</div></div>'
    html = PAGE.format(
        theme=' data-theme="dark"', body=f'<div class="bd-content">{output}</div>'
    )
    link = '<link rel="stylesheet" href="_static/theme.css">'
    html = html.replace("</title>", f"</title>{link}")
    (folder / "themed-dark.html").write_text(html, "utf-8")


@pytest.fixture(scope="session")
def server(explorer_site):
    """Address of the explorers' own site, in place of the book's."""
    with serving(explorer_site) as address:
        yield address


@pytest.fixture
def explorer(open_page):
    """Open a page and wait for its first explorer: {page, box, slider(i), ...}."""

    def open_(path: str = "index.html", **options) -> SimpleNamespace:
        shown = open_page(path, **options)
        shown.wait_for_selector(".aigc-explorer[data-ready]")
        return SimpleNamespace(
            page=shown,
            box=shown.locator(".aigc-explorer").first,
            sliders=shown.locator(".aigc-row input"),
            status=shown.locator(".aigc-status").first,
        )

    return open_


@pytest.fixture
def axe():
    """Run axe-core on a page: a list of "rule: element", empty if all is well."""
    source = AXE.read_text("utf-8")

    def run(shown) -> list[str]:
        shown.evaluate(source)
        found = shown.evaluate("axe.run(document)")["violations"]
        return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found]

    return run


@pytest.fixture
def fits():
    """Fail if a page, or a visible part of an explorer, is wider than a phone."""

    def check(shown, parts: str, width: int = 360) -> None:
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        boxes = shown.locator(f"{parts}:visible").all()
        assert boxes, f"nothing to see of {parts}"
        for box in boxes:
            area = box.bounding_box()
            assert area is None or area["x"] + area["width"] <= width

    return check
