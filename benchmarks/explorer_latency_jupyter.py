"""Milliseconds from a slider's event to the kernel's painted picture, in JupyterLab.

``python benchmarks/explorer_latency_jupyter.py [--network NAME] [--events N]``
Aim on a quiet machine: p95 at most 40 ms.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from explorer_latency import MOVES, ROOT, report
from playwright.sync_api import sync_playwright

sys.path[:0] = [str(ROOT / "tests" / name) for name in ("jupyter", "notebooks")]

from browsers import launch  # noqa: E402
from jupyter_page import NotebookPage  # noqa: E402
from jupyter_process import jupyter_server  # noqa: E402
from making import code, notebook, saved  # noqa: E402

SOURCE = """
from aigc_helpers import explorers, weights
card = weights.card({network!r})
sizes = {{key: card["explorer"].get(key, 0) for key in ("latent_dim", "n_classes")}}
explorers.LatentExplorer(weights.load_decoder({network!r}, card), **sizes)
"""
WARM_UP = 20


def measure(network: str, events: int) -> list[float]:
    """Milliseconds of each move, one after the other."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, home = Path(name, "notebooks"), Path(name, "home")
        folder.mkdir()
        cell = code(SOURCE.format(network=network).strip())
        cell.id = "latent"
        saved(notebook(cell), folder, "latent.ipynb")
        browser = launch(playwright)
        with jupyter_server(folder, home) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            shown = NotebookPage(page, server, "lab", "latent.ipynb")
            shown.run_all()
            shown.explorer("latent")
            times = page.evaluate(MOVES, events + WARM_UP)[WARM_UP:]
            page.goto("about:blank")
            server.stop_kernels()
        browser.close()
    return times


def main() -> None:
    """Start JupyterLab, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", default="gan_mnist_conditional")
    parser.add_argument("--events", type=int, default=200)
    options = parser.parse_args()
    times = measure(options.network, options.events)
    report("latent in JupyterLab", None, times)


if __name__ == "__main__":
    main()
