"""Milliseconds from a reader's event to the painted picture, in headless Chromium.

``python benchmarks/explorer_latency.py [KIND ...] [--network NAME] [--events N]``
Aim on a quiet machine, a slider that moves: p50 at most 17 ms (one frame at 60 Hz), p95
at most 25 ms; a brush that is lifted: p95 at most 100 ms; a token that is looked at,
by pointer or key: p95 at most 50 ms.
Also printed: time from the first touch to the first picture of the network.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
import sympy
import torch
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "book"), str(ROOT / "tests")]

import prepare  # noqa: E402
from browsers import launch  # noqa: E402
from serve import serving  # noqa: E402
from tiny_fillers import faces, fillers  # noqa: E402
from tiny_transducers import transducer  # noqa: E402

from aigc_helpers import gan  # noqa: E402
from aigc_helpers.explorers import (  # noqa: E402
    FormulaExplorer,
    PlaneExplorer,
    SweepExplorer,
    site,
)
from aigc_helpers.explorers.attention import page as attention_page  # noqa: E402
from aigc_helpers.explorers.attention.setting import attention_setting  # noqa: E402
from aigc_helpers.explorers.formula.code import stage_formulas  # noqa: E402
from aigc_helpers.explorers.paint import page as paint_page  # noqa: E402
from aigc_helpers.explorers.paint.setting import paint_setting  # noqa: E402
from aigc_helpers.explorers.plane import page as plane  # noqa: E402
from aigc_helpers.weights import export  # noqa: E402

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>x</title>
<link rel="stylesheet" href="_static/explorers/explorers.css">
<script type="module" src="_static/explorers/front/host.js"></script>
<body>{}</body></html>"""

FIRST = """async () => {
  const box = document.querySelector(".aigc-explorer");
  const painted = new Promise((done) => {
    box.addEventListener("aigc:painted", (event) => {
      if (event.detail.source === "network") done();
    }, true);
  });
  const start = performance.now();
  box.aigc.touch();
  await painted;
  return performance.now() - start;
}"""

# The painted event comes after the pixels are put; a message sent from an animation
# frame arrives when that frame has been drawn.
MOVES = """async (n) => {
  const view = document.querySelector(".aigc-view");
  const slider = view.querySelector("input[type=range]");
  const [low, high] = [Number(slider.min), Number(slider.max)];
  const drawn = () => new Promise((done) => {
    view.addEventListener("aigc:painted", () => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = done;
      channel.port2.postMessage(0);
    }), { once: true });
  });
  const times = [];
  for (let i = 0; i < n; i++) {
    const finished = drawn();
    const start = performance.now();
    slider.value = low + ((high - low) * i) / (n - 1);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await finished;
    times.push(performance.now() - start);
  }
  return times;
}"""


# The same of events of Playwright's mouse and keyboard.
LISTEN = """(types) => {
  const view = document.querySelector(".aigc-view");
  window.times = [];
  let start = NaN;
  for (const type of types) {
    view.addEventListener(type, () => (start = performance.now()), true);
  }
  view.addEventListener("aigc:painted", () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.times.push(performance.now() - start);
    channel.port2.postMessage(0);
  }));
}"""


def moves(shown, n: int) -> list[float]:
    """Milliseconds of each move of the first slider, one after the other."""
    return shown.evaluate(MOVES, n)


def strokes(shown, n: int) -> list[float]:
    """Milliseconds from each lifting of the brush to the filled picture."""
    shown.evaluate(LISTEN, ["pointerup"])
    box = shown.locator(".aigc-paint-pad").bounding_box()
    random = np.random.default_rng(0)
    for i in range(n):
        (x1, x2), (y1, y2) = random.uniform(0.02, 0.98, (2, 2))
        shown.mouse.move(box["x"] + x1 * box["width"], box["y"] + y1 * box["height"])
        shown.mouse.down()
        shown.mouse.move(box["x"] + x2 * box["width"], box["y"] + y2 * box["height"])
        shown.mouse.up()
        shown.wait_for_function("n => window.times.length === n", arg=i + 1)
        if i % 5 == 4:  # or all would soon be hole
            shown.get_by_role("button", name="几道划痕").click()
            shown.wait_for_function("n => window.times.length > n", arg=i + 1)
            shown.evaluate("() => { window.times.pop(); }")
    return shown.evaluate("window.times")


def looks(shown, n: int) -> list[float]:
    """Milliseconds from a pointer's or a key's event to the painted highlight."""
    tokens = shown.locator(".aigc-attention-target button")
    size = tokens.count()
    tokens.nth(size // 2).focus()
    shown.mouse.move(0, 0)
    shown.evaluate(LISTEN, ["pointerover", "keydown"])
    for i in range(n):
        if i < n // 2:  # never the one that is looked at
            tokens.nth(i % 2 * (size // 2) + i // 2 % (size // 2)).hover()
        else:
            shown.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")
        shown.wait_for_function("n => window.times.length > n", arg=i)
    return shown.evaluate("window.times")


def latent(folder: Path, network: str) -> str:
    """The latent explorer on a shipped network."""
    return site.shipped_page(network)


def plane_page(folder: Path, network: str) -> str:
    """2,000 points of ten classes, and an untrained generator of the book's size."""
    torch.manual_seed(0)
    decoder = gan.PixelDecoder(gan.Generator(latent_dim=2)).eval()
    path = folder / "_static" / "networks" / "plane.onnx"
    export.export_decoder(decoder, path, latent_dim=2)
    points = np.random.default_rng(0).normal(size=(2000, 2))
    explorer = PlaneExplorer(decoder, points, np.arange(2000) % 10)
    setting, grid = explorer._setting, explorer._grid
    return plane.static_html(setting, decoder, grid, network="plane")


def sweep(folder: Path, network: str) -> str:
    """Twenty states of 8x8 digits' size, with two curves."""
    ramp = np.linspace(0, 1, 224)[None].repeat(224, axis=0)

    def compute(x):
        return {"样本": ramp**x, "损失": 1 / x, "准确率": np.tanh(x)}

    return SweepExplorer(compute, np.linspace(0.1, 5, 20), name="x")._static_html()


def formula(folder: Path, network: str) -> str:
    """Two densities, a mark and a read-out."""
    x, mu, sigma = sympy.symbols("x mu sigma")
    scale = sympy.sqrt(2 * sympy.pi)
    curves = {
        "q": sympy.exp(-(((x - mu) / sigma) ** 2) / 2) / (sigma * scale),
        "p": sympy.exp(-(x**2) / 2) / scale,
    }
    html = FormulaExplorer(
        curves,
        (x, -5, 5),
        sliders={mu: (-3, 3, 0), sigma: (0.2, 3, 1)},
        readouts={"KL": (mu**2 + sigma**2 - 1) / 2 - sympy.log(sigma)},
        markers={"mu": mu},
    )._static_html()
    stage_formulas(html, folder / "_static")
    return html


def paint(folder: Path, network: str) -> str:
    """Three drawn faces and five convolutions of 16 channels that nobody trained."""
    torch.manual_seed(0)
    filler = fillers()["convolutions"]
    path = folder / "_static" / "networks" / "paint.onnx"
    export.export_filler(filler, path, image_shape=(1, 64, 64))
    pictures = faces()
    setting = paint_setting(pictures, mean=pictures.mean(axis=0) / 255)
    return paint_page.static_html(setting, setting.state(), filler, shipped="paint")


def attention(folder: Path, network: str) -> str:
    """Thirty target tokens of seventeen source tokens, by a network nobody trained."""
    model = transducer(hidden=128)
    setting = attention_setting(
        "零一二三四五六七八九",
        source="0123456789零一二三四五六七汉",
        directions="汉",
        text="1050000012345678",
        rules="numerals",
        max_length=30,
    )
    path = folder / "_static" / "networks" / "attention.onnx"
    export.export_transducer(model, path, setting.sources())
    state = setting.state()
    return attention_page.static_html(setting, state, model, shipped="attention")


KINDS = {
    "attention": attention,
    "formula": formula,
    "latent": latent,
    "paint": paint,
    "plane": plane_page,
    "sweep": sweep,
}
GESTURES = {
    "attention": looks,
    "paint": strokes,
}  # of a kind whose answer follows no slider


def stage(folder: Path, network: str, kinds: list[str]) -> None:
    """A page with one explorer of each kind, laid out as on the site."""
    site.stage(folder / "_static")
    prepare.stage_ort()
    vendor = folder / "_static" / "vendor"
    vendor.symlink_to(prepare.VENDOR, target_is_directory=True)
    for kind in kinds:
        html = PAGE.format(KINDS[kind](folder, network))
        (folder / f"{kind}.html").write_text(html, "utf-8")


def measure(
    address: str, events: int, gesture=moves
) -> tuple[float | None, list[float]]:
    """Milliseconds to the network's first picture, and of each gesture after 20."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        shown = browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(address)
        shown.wait_for_selector(".aigc-explorer[data-ready]")
        runs_network = shown.locator(".aigc-explorer[data-network]").count()
        first = shown.evaluate(FIRST) if runs_network else None
        times = gesture(shown, events + 20)[20:]
        browser.close()
    return first, times


def report(kind: str, first: float | None, times: list[float]) -> None:
    """One line for each kind."""
    cuts = statistics.quantiles(times, n=20)
    touch = "" if first is None else f", first touch to network {first:.0f} ms"
    moves = f"{len(times)} moves: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms"
    print(f"{kind}: {moves}{touch}")


def main() -> None:
    """Stage, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--network", default="gan_mnist_conditional")
    parser.add_argument("--events", type=int, default=200)
    options = parser.parse_args()
    kinds = options.kinds or list(KINDS)
    if set(kinds) - set(KINDS):
        parser.error(f"kinds are {', '.join(KINDS)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage(folder, options.network, kinds)
        with serving(folder) as address:
            for kind in kinds:
                page, gesture = f"{address}/{kind}.html", GESTURES.get(kind, moves)
                report(kind, *measure(page, options.events, gesture))


if __name__ == "__main__":
    main()
