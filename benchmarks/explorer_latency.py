"""Milliseconds from a slider's event to the painted picture, in headless Chromium.

``python benchmarks/explorer_latency.py [--network NAME] [--events N]``
Aim on a quiet machine: p50 at most 17 ms (one frame at 60 Hz), p95 at most 25 ms.
Also printed: time from the first touch to the first picture of the network.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "book"), str(ROOT / "tests")]

import prepare  # noqa: E402
from browsers import launch  # noqa: E402
from serve import serving  # noqa: E402

from aigc_helpers.explorers import page as explorer_page  # noqa: E402

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>x</title>
<link rel="stylesheet" href="_static/explorers/explorers.css">
<script type="module" src="_static/explorers/host.js"></script><body>{}</body></html>"""

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
  const view = document.querySelector(".aigc-latent-view");
  const slider = view.querySelector("input[type=range]");
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
    slider.value = -3 + (6 * i) / (n - 1);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await finished;
    times.push(performance.now() - start);
  }
  return times;
}"""


def stage(folder: Path, network: str) -> None:
    """A page with one explorer, laid out as on the site."""
    explorer_page.stage(folder / "_static")
    prepare.stage_ort()
    vendor = folder / "_static" / "vendor"
    vendor.symlink_to(prepare.VENDOR, target_is_directory=True)
    html = PAGE.format(explorer_page.latent_page(network))
    (folder / "index.html").write_text(html, "utf-8")


def measure(address: str, events: int) -> tuple[float, list[float]]:
    """Milliseconds to the network's first picture, and of each move after 20."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        shown = browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(address)
        shown.wait_for_selector(".aigc-explorer[data-ready]")
        first = shown.evaluate(FIRST)
        times = shown.evaluate(MOVES, events + 20)[20:]
        browser.close()
    return first, times


def main() -> None:
    """Stage, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", default="gan_mnist_conditional")
    parser.add_argument("--events", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage(folder, options.network)
        with serving(folder) as address:
            first, times = measure(f"{address}/index.html", options.events)
    cuts = statistics.quantiles(times, n=20)
    print(f"{options.network}: first touch to the network's picture {first:.0f} ms")
    print(f"{len(times)} moves: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms")


if __name__ == "__main__":
    main()
