"""A speaking page by the number format of its networks, in headless Chromium.

``python benchmarks/speaking_precision.py [--strings N]``
Of each format: bytes as they travel (gzip); milliseconds of ten digits from the click
to the sound (median, and the largest) once the networks are there; the same on a page
that has loaded nothing, of a reader who types ten digits in a second and presses Enter,
and of a click that comes from nowhere; what the shipped recogniser hears of single
digits and of strings of ten, in three voices; how far waveforms are from float32's.

``float32``, ``float16`` and ``int8`` are stored so and become float32 when the page
opens them; int8 has one scale for each row. ``dynamic int8`` is onnxruntime's, which
computes in 8 bits; its GRU stays float32.
"""

import argparse
import base64
import gzip
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "book"), str(ROOT / "tests")]

import prepare  # noqa: E402
from browsers import launch  # noqa: E402
from serve import serving  # noqa: E402

from aigc_helpers import speech, weights  # noqa: E402
from aigc_helpers.explorers import site  # noqa: E402
from aigc_helpers.explorers.speaking import page as speaking_page  # noqa: E402
from aigc_helpers.explorers.speaking.setting import speaking_setting  # noqa: E402
from aigc_helpers.weights.speaking import SUFFIXES  # noqa: E402

NAME = "speech_tacotron"
VOICES = 0, 2, 5
FEWEST = 64  # numbers of a tensor that is made smaller
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>x</title>
<link rel="stylesheet" href="_static/explorers/explorers.css">
<script type="module" src="_static/explorers/front/host.js"></script>
<body>{}</body></html>"""
SAY = """([text, voice]) => {
  const { view } = document.querySelector(".aigc-view").aigc;
  view.form.show({ text, voice });
  window.heard = new Promise((done) => {
    view.form.button.addEventListener("click", () => {
      const start = performance.now();
      const look = () => {
        const { follows } = view.deck.transport;
        if (!follows || view.shown.text !== text || view.shown.voice !== voice) {
          return requestAnimationFrame(look);
        }
        return done(performance.now() - start);
      };
      requestAnimationFrame(look);
    }, { once: true });
  });
}"""
SAMPLES = """() => {
  const { view } = document.querySelector(".aigc-view").aigc;
  view.deck.transport.stop();
  const bytes = new Uint8Array(view.deck.clip.sound.samples.buffer);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""


# ---- formats ------------------------------------------------------------------------


def widened(model: onnx.ModelProto) -> onnx.ModelProto:
    """A network whose 16-bit numbers are stored as float32."""
    graph, wide = model.graph, {}
    for tensor in graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT16:
            wide[tensor.name] = onnx.numpy_helper.to_array(tensor).astype(np.float32)
    casts = [node for node in graph.node if node.input and node.input[0] in wide]
    for node in casts:
        values = onnx.numpy_helper.from_array(wide[node.input[0]], node.output[0])
        graph.initializer.append(values)
        graph.node.remove(node)
    for tensor in [one for one in graph.initializer if one.name in wide]:
        graph.initializer.remove(tensor)
    return model


def in_bytes(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same in int8, with the largest magnitude of each row (axis 0) as 127."""
    graph = model.graph
    for tensor in list(graph.initializer):
        values = onnx.numpy_helper.to_array(tensor)
        if tensor.data_type != onnx.TensorProto.FLOAT or values.size < FEWEST:
            continue
        axes = tuple(range(1, values.ndim))
        if values.ndim > 2 and values.shape[0] == 1:  # of a GRU: (1, 3 hidden, size)
            axes = (2,)
        scale = np.abs(values).max(axes, keepdims=True).clip(1e-12) / 127
        parts = {"8": np.rint(values / scale).astype(np.int8), "s": scale}
        name = tensor.name
        for key, one in parts.items():
            new = onnx.numpy_helper.from_array(one, f"{name}_{key}")
            graph.initializer.append(new)
        node = onnx.helper.make_node
        graph.node.insert(0, node("Mul", [f"{name}_f", f"{name}_s"], [name]))
        cast = node("Cast", [f"{name}_8"], [f"{name}_f"], to=onnx.TensorProto.FLOAT)
        graph.node.insert(0, cast)
        graph.initializer.remove(tensor)
    return model


def write_formats(folder: Path) -> dict[str, str]:
    """Files of each format beside the exported ones; names of their networks."""
    names = {"float32": "f32", "float16": NAME, "int8": "i8", "dynamic int8": "dyn"}
    for end in SUFFIXES:
        exported = folder / f"{NAME}{end}.onnx"
        wide = folder / f"f32{end}.onnx"
        onnx.save(widened(onnx.load(exported)), wide)
        onnx.save(in_bytes(onnx.load(wide)), folder / f"i8{end}.onnx")
        quantize_dynamic(
            wide, folder / f"dyn{end}.onnx", per_channel=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip
    return names


# ---- a page -------------------------------------------------------------------------


def stage(folder: Path) -> dict[str, str]:
    """A page of each format, laid out as on the site."""
    static = folder / "_static"
    site.stage_front(static)
    prepare.stage_ort()
    (static / "vendor").symlink_to(prepare.VENDOR, target_is_directory=True)
    site.export_network(NAME, static / "networks")
    names = write_formats(static / "networks")
    speaker = speech.ShownSpeaker(weights.load(NAME))
    setting = speaking_setting(speaker, "00", voices=VOICES)
    for name in names.values():
        html = speaking_page.static_html(
            setting, setting.state(), speaker, shipped=name
        )
        (folder / f"{name}.html").write_text(PAGE.format(html), "utf-8")
    return names


def say(shown, text: str, voice: int) -> tuple[float, np.ndarray]:
    """Milliseconds from click to sound, and the waveform."""
    shown.evaluate(SAY, [text, voice])
    shown.get_by_role("button", name="念", exact=True).click()
    ms = shown.evaluate("window.heard")
    return ms, np.frombuffer(base64.b64decode(shown.evaluate(SAMPLES)), "<f4")


def opened(browser, address: str):
    """A page whose explorer has loaded no network yet."""
    shown = browser.new_page(viewport={"width": 1280, "height": 900})
    shown.goto(address)
    shown.wait_for_selector(".aigc-explorer[data-ready]")
    return shown


def first_clicks(browser, address: str) -> tuple[float, float]:
    """Milliseconds from Enter after typing, and from a click, on fresh pages."""
    shown = opened(browser, address)
    shown.evaluate(SAY, ["2718281828", 0])
    shown.locator(".aigc-entry").fill("")
    shown.locator(".aigc-entry").press_sequentially("2718281828", delay=100)
    shown.keyboard.press("Enter")  # clicks the button
    typed = shown.evaluate("window.heard")
    shown.close()
    shown = opened(browser, address)
    clicked, _ = say(shown, "2718281828", 0)
    shown.close()
    return typed, clicked


def all_said(browser, address: str, strings: list[str]) -> tuple[list, dict]:
    """Milliseconds of the strings, and all waveforms by text and voice."""
    shown = opened(browser, address)
    shown.evaluate("document.querySelector('.aigc-view').aigc.touch()")
    say(shown, "12", 0)
    waves, times = {}, []
    for voice in VOICES:
        for text in [*"1234567890", *strings]:
            ms, waves[text, voice] = say(shown, text, voice)
            times += [ms] if len(text) == 10 else []
    shown.close()
    return times, waves


def understood(ear, waves: dict) -> dict[int, tuple[int, int]]:
    """By the length of a text: digits that are heard wrongly, of how many."""
    heard = speech.transcribe(ear, [torch.tensor(one) for one in waves.values()])
    found = {}
    for (text, _), said in zip(waves, heard, strict=True):
        wrong, n = found.get(len(text), (0, 0))
        errors = speech.edit_distance(text, said)
        found[len(text)] = (wrong + errors, n + len(text))
    return found


def farthest(waves: dict, plain: dict) -> float:
    """The median, over sounds, of the largest difference of a sample; of some, inf."""
    pairs = [(wave, plain[key]) for key, wave in waves.items()]
    return statistics.median(
        np.abs(a - b).max() if len(a) == len(b) else np.inf for a, b in pairs
    )


def report(folder: Path, strings: list[str], names: dict[str, str]) -> None:
    """A line for each format."""
    ear, plain = weights.load("speech_recogniser"), None
    with serving(folder) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        for label, name in names.items():
            page = f"{address}/{name}.html"
            typed, clicked = first_clicks(browser, page)
            times, waves = all_said(browser, page, strings)
            plain = plain or waves
            parts = [folder / f"_static/networks/{name}{end}.onnx" for end in SUFFIXES]
            size = sum(len(gzip.compress(one.read_bytes(), 6)) for one in parts)
            print(
                f"{label}: {size / 1000:.0f} kB",
                f"ten digits {statistics.median(times):.0f} ms, most {max(times):.0f}",
                f"first {typed:.0f} ms (typed), {clicked:.0f} ms (from nowhere)",
                f"wrong by length {understood(ear, waves)}",
                f"from float32 {farthest(waves, plain):.1e}",
                sep="; ",
            )
        browser.close()


def main() -> None:
    """Stage, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strings", type=int, default=10)
    options = parser.parse_args()
    strings = speech.random_strings(options.strings, 10)
    with tempfile.TemporaryDirectory() as name:
        report(Path(name), strings, stage(Path(name)))


if __name__ == "__main__":
    main()
