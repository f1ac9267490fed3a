"""The book's font, and the reader's own figures that find Chinese characters in it."""

import os
import subprocess
import sys
import warnings

import matplotlib
from matplotlib import pyplot as plt

from aigc_helpers import plotting
from aigc_helpers.plotting import font


def test_font_has_its_own_name_and_licence():
    face = matplotlib.ft2font.FT2Font(str(font.FONT))
    assert face.family_name == font.FAMILY
    assert "Source" not in face.family_name and "Noto" not in face.family_name
    licence = font.FONT.with_name("OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Reserved Font Name 'Source'" in licence
    assert font.FONT.stat().st_size < 1.3e6


def test_importing_registers_no_font():
    code = (
        "import aigc_helpers.plotting, matplotlib.font_manager as m\n"
        "assert 'AIGC Sans SC' not in m.fontManager.get_font_names()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def draw_title(text: str = "损失 −1") -> str:
    """Draw a plain figure with a title; give the warnings of characters not found."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fig, ax = plt.subplots()
        ax.set_title(text)
        fig.canvas.draw()
        plt.close(fig)
    return "\n".join(str(one.message) for one in caught)


def test_in_a_notebook_own_figures_find_chinese_characters(monkeypatch):
    monkeypatch.setattr(plotting, "in_notebook", lambda: True)
    with matplotlib.rc_context({"font.family": ["sans-serif"]}):
        before = dict(matplotlib.rcParams)
        plotting._write_chinese()
        plotting._write_chinese()
        assert draw_title() == ""
        changed = {k for k in before if before[k] != matplotlib.rcParams[k]}
        assert changed == {"font.family"}
        assert matplotlib.rcParams["font.family"] == ["sans-serif", font.FAMILY]


def test_the_font_of_another_style_stays_the_first(monkeypatch):
    monkeypatch.setattr(plotting, "in_notebook", lambda: True)
    with matplotlib.rc_context({"font.family": ["serif"]}):
        plotting._write_chinese()
        assert matplotlib.rcParams["font.family"] == ["serif", font.FAMILY]
        assert draw_title() == ""


def test_a_program_keeps_its_font():
    with matplotlib.rc_context({"font.family": ["sans-serif"]}):
        plotting._write_chinese()
        assert matplotlib.rcParams["font.family"] == ["sans-serif"]
        assert "missing from font" in draw_title()
