"""A small notebook with every kind of explorer, on networks that nobody trained.

A cell of ``CELLS`` is named by its kind; a kind that is new and not yet here fails
``test_every_kind_is_shown``.
"""

from pathlib import Path

import numpy as np
from making import code, notebook, prose, saved

IMPORTS = f"""
import sys
sys.path.append({str(Path(__file__).parents[1])!r})  # of tiny_…
import numpy as np, sympy, torch
from tiny_fillers import faces, fillers
from tiny_models import CHARACTERS, models
from tiny_speech import listener, said
from tiny_tacotrons import talkative
from tiny_transducers import Speller
from aigc_helpers import explorers, gan, speech, text, weights
from aigc_helpers.explorers import check, hearing, player
_ = torch.manual_seed(0)
"""
CELLS = {
    "attention": """
explorers.AttentionExplorer(
    Speller(), "零一二三四五六七八九", source="0123456789", text="305"
)
""",
    "check": """
check.number("$2+2$ 是多少？", answer=4)
""",
    "convolution": """
explorers.ConvolutionExplorer(np.linspace(0, 1, 400).reshape(20, 20) ** 2)
""",
    "formula": """
x, mu = sympy.symbols("x mu")
curve = (x - mu) ** 2
explorers.FormulaExplorer({"抛物线": curve}, (x, -2, 2), sliders={mu: (-1, 1, 0)})
""",
    "hearing": """
word = said(3, 0, torch.Generator().manual_seed(1))
clip = hearing.Clip("甲", word, "three", generated=True)
explorers.HearingExplorer(listener(), [clip])
""",
    "latent": """
decoder = gan.PixelDecoder(gan.ConditionalGenerator(16, width=8))
explorers.LatentExplorer(decoder, latent_dim=16, n_classes=10)
""",
    "paint": """
explorers.PaintExplorer(fillers()["sampled"], faces(), mean=faces().mean(0) / 255)
""",
    "plane": """
decoder = gan.PixelDecoder(gan.Generator(2, width=8))
points = np.random.default_rng(0).normal(size=(60, 2))
explorers.PlaneExplorer(decoder, points, np.arange(60) % 3)
""",
    "player": """
tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(4000) / 8000)
explorers.PlayerExplorer([player.Clip("音", tone, "440 Hz 的音", generated=True)])
""",
    "question": """
answers = text.ShownAnswers(weights.load("text_retriever"))  # but for this one
explorers.QuestionExplorer(answers, "什么是模式崩溃？", shipped="text_retriever")
""",
    "sampler": """
model = models()["gru"]
explorers.SamplerExplorer(model, CHARACTERS, prompt="春风", length=40)
""",
    "speaking": """
explorers.SpeakingExplorer(speech.ShownSpeaker(talkative()), "7", voices=[0, 1])
""",
    "sweep": """
ramp = np.linspace(0, 1, 64).reshape(8, 8)
def power(b):
    return {"图": ramp**b, "平均": (ramp**b).mean()}
explorers.SweepExplorer(power, [1, 2, 4], name="b")
""",
}
BAR = """
from aigc_helpers.progress import progress
for _ in progress(range(3)):
    pass
"""
GATE = """
import time
from pathlib import Path
while not Path("{gate}").exists():
    time.sleep(0.05)
"""


def write(folder, name="explorers.ipynb"):
    """The notebook, with a cell behind the explorers that waits for the file "gate"."""
    cells = [named("imports", IMPORTS)]
    cells += [named(kind, source) for kind, source in CELLS.items()]
    cells += [named("bar", BAR)]
    cells += [named("slow", GATE.format(gate=folder / "gate")), prose("完。")]
    return saved(notebook(*cells), folder, name)


def mean_of_power(b: float) -> float:
    """What the sweep says beside its picture for one ``b``."""
    return float((np.linspace(0, 1, 64) ** b).mean())


def named(id: str, source: str):
    cell = code(source.strip())
    cell.id = id
    return cell
