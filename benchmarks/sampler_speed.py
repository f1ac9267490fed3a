"""Characters a second that the sampler writes in headless Chromium.

``python benchmarks/sampler_speed.py [--length N]``
Aim: 300 a second with an LSTM of 320 units and 3,000 characters, and that the page
answers meanwhile. Printed for each network: characters per second of the clock and per
second of the page's own processor time (which a busy machine does not change), the
longest task, and whether the text is that of Python.
"""

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from playwright.sync_api import sync_playwright
from torch import nn

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "book"), str(ROOT / "tests")]

import prepare  # noqa: E402
from browsers import launch  # noqa: E402
from explorer_latency import MOVES, PAGE  # noqa: E402
from serve import serving  # noqa: E402

from aigc_helpers.explorers import site  # noqa: E402
from aigc_helpers.explorers.sampler.page import static_html  # noqa: E402
from aigc_helpers.explorers.sampler.setting import sampler_setting  # noqa: E402
from aigc_helpers.language.sampling import sample_text  # noqa: E402
from aigc_helpers.weights import export  # noqa: E402

WRITE = """async ({ length, seed }) => {
  const { view } = document.querySelector(".aigc-explorer").aigc;
  const tasks = [];
  let last = performance.now();
  const channel = new MessageChannel();
  let over = false;
  channel.port1.onmessage = () => {
    const now = performance.now();
    tasks.push(now - last);
    last = now;
    if (!over) channel.port2.postMessage(0);
  };
  channel.port2.postMessage(0);
  view.setting({ length, seed });
  const start = performance.now();
  await view.generate();
  const seconds = (performance.now() - start) / 1000;
  over = true;
  const text = document.querySelector(".aigc-paper").textContent;
  return { seconds, text, longest: Math.max(...tasks) };
}"""


class CharacterLSTM(nn.Module):
    """An untrained LSTM, its logits spread as wide as those of a trained one."""

    def __init__(self, n_tokens: int, hidden: int, dim: int = 128):
        super().__init__()
        self.hidden = hidden
        self.embedding = nn.Embedding(n_tokens, dim)
        self.cell = nn.LSTMCell(dim, hidden)
        self.to_logits = nn.Linear(hidden, n_tokens)
        with torch.no_grad():
            self.to_logits.weight.mul_(16)

    def initial_state(self):
        return torch.zeros(1, self.hidden), torch.zeros(1, self.hidden)

    def step(self, tokens, state):
        h, c = self.cell(self.embedding(tokens), state)
        return self.to_logits(h), (h, c)


@dataclass
class Case:
    """A network and the settings of its explorer."""

    title: str
    n_tokens: int
    hidden: int
    sampling: dict

    @property
    def vocabulary(self) -> str:
        return "".join(chr(0x4E00 + i) for i in range(self.n_tokens))

    def model(self) -> nn.Module:
        torch.manual_seed(0)
        return CharacterLSTM(self.n_tokens, self.hidden).eval()


CASES = {
    "poems": Case("poems: 3,000 characters, LSTM 320", 3000, 320, {"top_p": 0.9}),
    "code": Case("code: 100 characters, LSTM 256", 100, 256, {"temperature": 0.8}),
}


def stage(folder: Path) -> None:
    """A page for each network, laid out as on the site."""
    static = folder / "_static"
    site.stage_front(static)
    prepare.stage_ort()
    (static / "vendor").symlink_to(prepare.VENDOR, target_is_directory=True)
    for name, case in CASES.items():
        model = case.model()
        export.export_step(model, static / "networks" / f"{name}.onnx")
        setting = sampler_setting(
            case.vocabulary, [], prompt=case.vocabulary[:2], length=20, **case.sampling
        )
        html = static_html(setting, model, network=name)
        (folder / f"{name}.html").write_text(PAGE.format(html), "utf-8")


def processor_seconds(session) -> float:
    """Processor time of the page's main thread."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def measure(browser, address: str, case: Case, length: int) -> None:
    """Write three texts, move through one, print."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.wait_for_selector(".aigc-explorer[data-ready]")
    started = time.monotonic()
    page.evaluate(WRITE, {"length": 50, "seed": 9})
    first = time.monotonic() - started
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    found, busy = [], []
    for seed in range(3):
        before = processor_seconds(session)
        found.append(page.evaluate(WRITE, {"length": length, "seed": seed}))
        busy.append(processor_seconds(session) - before)
    equal = [
        one["text"]
        == sample_text(
            case.model(),
            case.vocabulary,
            case.vocabulary[:2],
            length=length,
            seed=seed,
            **case.sampling,
        )
        for seed, one in enumerate(found)
    ]
    cuts = statistics.quantiles(page.evaluate(MOVES, 120)[20:], n=20)
    print(case.title)
    print(f"  first touch to the end of 50 characters: {first:.2f} s")
    rates = [round(length / one["seconds"]) for one in found]
    print(f"  characters per second: {rates}")
    print(f"  per second of processor time: {[round(length / b) for b in busy]}")
    print(f"  longest task: {max(one['longest'] for one in found):.0f} ms")
    print(f"  equal to Python: {equal}")
    print(f"  place to distribution: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms")
    page.close()


def main() -> None:
    """Stage, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--length", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage(folder)
        with serving(folder) as address, sync_playwright() as playwright:
            browser = launch(playwright)
            for case_name, case in CASES.items():
                measure(browser, f"{address}/{case_name}.html", case, options.length)
            browser.close()


if __name__ == "__main__":
    main()
