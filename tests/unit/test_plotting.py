"""Figures are closed, labelled in Chinese, and drawn from one font."""

import io
import os
import re
import subprocess
import sys
import warnings

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.axis import Tick
from matplotlib.text import Text
from PIL import Image

from aigc_helpers import plotting
from aigc_helpers.plotting import font

IMAGES = torch.rand(12, 1, 28, 28)
CENTRES = torch.tensor([[2.0, 0.0], [-2.0, 0.0]])
HISTORY = {
    "loss_d": [1.4 - 0.001 * step for step in range(300)],
    "loss_g": [0.7 + 0.001 * step for step in range(300)],
}
FIGURES = {
    "image_grid": lambda: plotting.image_grid(
        IMAGES, columns=4, titles=["真", "假"] * 6, row_labels=["甲", "乙", "丙"]
    ),
    "filmstrip": lambda: plotting.filmstrip([IMAGES[:4], IMAGES[4:8]], [0, "终点"]),
    "neighbours_grid": lambda: plotting.neighbours_grid(
        IMAGES[:4], IMAGES[4:8], torch.rand(4)
    ),
    "loss_curves": lambda: plotting.loss_curves(HISTORY),
    "metric_curve": lambda: plotting.metric_curve(
        [0, 100, 200], {"普通": [90.0, 9.0, 0.9]}, ylabel="距离", floor=0.5, log=True
    ),
    "class_histogram": lambda: plotting.class_histogram([3, 0, 5]),
    "scatter_2d": lambda: plotting.scatter_2d(
        {"真实": torch.randn(50, 2), "生成 $z$": torch.randn(50, 2)},
        centres=CENTRES,
        title="两个高斯",
    ),
}


def drawn_texts(fig):
    """Every visible, non-empty Text object of a figure, tick labels included."""
    fig.draw_without_rendering()
    return [t for t in fig.findobj(Text) if t.get_visible() and t.get_text().strip()]


def missing_glyphs(text: str) -> str:
    """Characters of ``text`` outside ``$…$`` that the font lacks, sorted."""
    plain = re.sub(r"(?<!\\)\$[^$]*\$", "", text)
    charmap = matplotlib.ft2font.FT2Font(str(font.FONT)).get_charmap()
    return "".join(sorted(set(plain) - set(map(chr, charmap)) - {"\n"}))


def pixels(fig):
    """The figure as an RGB array (height, width, 3)."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    return np.asarray(Image.open(buffer).convert("RGB"))


def test_every_public_plot_function_is_tested_here():
    others = {"COLOURS", "Table", "house_style"}
    assert set(plotting.__all__) == set(FIGURES) | others


@pytest.mark.parametrize("name", FIGURES)
def test_figure_is_closed_and_100_dpi(name):
    plt.close("all")
    fig = FIGURES[name]()
    assert plt.get_fignums() == []
    assert fig.dpi == 100
    assert fig.get_size_inches()[0] * fig.dpi <= 730


@pytest.mark.parametrize("name", FIGURES)
def test_every_character_drawn_is_in_the_book_font(name):
    texts = drawn_texts(FIGURES[name]())
    assert texts
    for text in texts:
        assert missing_glyphs(text.get_text()) == "", text
        assert text.get_fontname() == font.FAMILY, text


@pytest.mark.parametrize("name", FIGURES)
def test_labels_are_chinese_and_lie_inside_the_figure(name):
    fig = FIGURES[name]()
    texts = drawn_texts(fig)
    assert any("\u4e00" <= c <= "\u9fff" for t in texts for c in t.get_text())
    width, height = fig.bbox.size
    ticks = {t for tick in fig.findobj(Tick) for t in (tick.label1, tick.label2)}
    for text in set(texts) - ticks:  # tick labels beyond the limits are never drawn
        box = text.get_window_extent()
        assert box.x0 >= -1 and box.y0 >= -1, text
        assert box.x1 <= width + 1 and box.y1 <= height + 1, text


def test_missing_glyphs_names_what_the_font_lacks():
    assert missing_glyphs("损失（nats）\n→ α ≤ 3 × 10") == ""
    assert missing_glyphs("龘的 𝔼") == "龘𝔼"


def test_missing_glyphs_leaves_mathematics_to_matplotlib():
    assert missing_glyphs(r"$\mathbb{E}$ 和 $𝔼$") == ""
    assert missing_glyphs("𝔼 在 $x$ 之外") == "𝔼"


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


def test_house_style_leaves_matplotlib_as_it_was():
    before = dict(matplotlib.rcParams)
    with plotting.house_style():
        assert matplotlib.rcParams["font.family"][0] == font.FAMILY
    assert dict(matplotlib.rcParams) == before


def shown(fig):
    """The array that the only image of a figure shows."""
    return np.ma.filled(fig.axes[0].images[0].get_array(), np.nan)


def test_image_grid_puts_images_in_reading_order():
    images = torch.arange(5.0)[:, None, None, None].expand(5, 1, 4, 4) / 4
    grid = shown(plotting.image_grid(images, columns=3))
    assert grid.shape == (4 + 2 + 4, 3 * 4 + 2 * 2)
    assert [grid[0, 0], grid[0, 6], grid[0, 12]] == [0, 0.25, 0.5]
    assert [grid[6, 0], grid[6, 6]] == [0.75, 1.0]
    assert np.isnan(grid[6:, 12:]).all() and np.isnan(grid[4:6]).all()


@pytest.mark.parametrize(
    "images",
    [
        torch.tensor([[[0, 255]]], dtype=torch.uint8),
        torch.tensor([[[0.0, 1.0]]]),
        torch.tensor([[[-1.0, 1.0]]]),
        np.array([[[0, 255]]], dtype=np.uint8),
    ],
)
def test_black_and_white_are_the_ends_of_every_value_range(images):
    assert shown(plotting.image_grid(images, columns=1)).tolist() == [[0.0, 1.0]]


def test_image_pixels_are_sharp_and_true():
    images = (torch.arange(16).view(1, 1, 4, 4) * 17).to(torch.uint8)
    picture = pixels(plotting.image_grid(images, columns=1))
    assert picture.shape == (84, 84, 3)
    assert np.array_equal(picture[10::21, 10::21, 0], images[0, 0].numpy())


def test_titles_and_row_labels_stand_with_their_images():
    fig = FIGURES["image_grid"]()
    place = {t.get_text(): t.get_window_extent() for t in drawn_texts(fig)}
    assert place["甲"].y0 > place["乙"].y0 > place["丙"].y0
    assert place["甲"].x1 < place["真"].x0 < place["假"].x0


def test_filmstrip_is_one_row_for_each_batch():
    batches = [torch.full((3, 1, 4, 4), value) for value in (0.0, 0.5, 1.0)]
    grid = shown(plotting.filmstrip(batches, [0, 10, 20]))
    assert [grid[0, 0], grid[6, 0], grid[12, 0]] == [0.0, 0.5, 1.0]


def test_neighbours_stand_below_their_samples():
    samples = torch.tensor([0.1, 0.2])[:, None, None].expand(2, 4, 4)
    neighbours = torch.tensor([0.8, 0.9])[:, None, None].expand(2, 4, 4)
    fig = plotting.neighbours_grid(samples, neighbours, [1.25, 2.5])
    grid = shown(fig)
    grid = grid[~np.isnan(grid).all(axis=1)]
    assert np.allclose([grid[0, 0], grid[0, 6]], [0.1, 0.2])
    assert np.allclose([grid[-1, 0], grid[-1, 6]], [0.8, 0.9])
    assert {"1.25", "2.50"} <= {t.get_text() for t in drawn_texts(fig)}


def test_loss_curves_draw_every_step_of_a_short_history():
    fig = plotting.loss_curves({"loss_g": [3.0, 2.0, 1.0]}, unit=None)
    (line,) = fig.axes[0].lines
    assert line.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert line.get_label() == "生成器"
    assert fig.axes[0].get_ylabel() == "损失"


def test_loss_curves_draw_levels_across_at_their_value():
    fig = plotting.loss_curves({"loss_d": [1.0, 2.0]}, levels={"2 log 2": 1.386})
    line = fig.axes[0].lines[-1]
    assert set(line.get_ydata()) == {1.386} and line.get_linestyle() == "--"
    texts = [text.get_text() for text in fig.axes[0].get_legend().get_texts()]
    assert texts == ["判别器", "2 log 2"]


def test_loss_curves_smooth_a_long_history_over_a_fiftieth_of_it():
    fig = plotting.loss_curves({"loss": [1.0, 3.0] * 200})
    raw, smooth = fig.axes[0].lines
    assert len(raw.get_ydata()) == 400
    assert np.allclose(smooth.get_ydata(), 2.0)
    assert smooth.get_xdata()[-1] == 400


def test_more_series_than_colours_are_all_drawn():
    history = {f"run {i}": [1.0, 2.0] for i in range(9)}
    assert len(plotting.loss_curves(history).axes[0].lines) == 9
    assert len(plotting.metric_curve([1, 2], history, ylabel="y").axes[0].lines) == 9


def test_metric_curve_draws_the_floor():
    fig = plotting.metric_curve([1, 2], [5.0, 4.0], ylabel="距离", floor=1.5)
    curve, floor = fig.axes[0].lines
    assert floor.get_label() == "真实图像之间"
    assert curve.get_ydata().tolist() == [5.0, 4.0]
    assert set(floor.get_ydata()) == {1.5}
    named = plotting.metric_curve([1, 2], [5, 4], ylabel="距离", floor={"熵": 0.5})
    assert named.axes[0].lines[1].get_label() == "熵"
    assert set(named.axes[0].lines[1].get_ydata()) == {0.5}


def test_class_histogram_shows_the_counts_and_the_even_spread():
    ax = plotting.class_histogram(torch.tensor([4, 0, 2])).axes[0]
    assert [bar.get_height() for bar in ax.patches] == [4, 0, 2]
    assert set(ax.lines[0].get_ydata()) == {2.0}


def test_scatter_panels_share_their_limits():
    fig = plotting.scatter_2d(
        {"a": torch.zeros(3, 2), "b": torch.tensor([[4.0, 1.0]])}, centres=CENTRES
    )
    left, right = fig.axes
    assert left.get_xlim() == right.get_xlim()
    assert left.get_xlim()[0] < -2 and left.get_xlim()[1] > 4
    assert len(left.collections[1].get_offsets()) == len(CENTRES)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.image_grid(torch.rand(4, 3, 8, 8), columns=2), "shape"),
        (lambda: plotting.image_grid(torch.rand(0, 1, 8, 8), columns=2), "N > 0"),
        (lambda: plotting.image_grid(torch.rand(28, 28), columns=2), "shape"),
        (lambda: plotting.image_grid(IMAGES * 255, columns=2), "uint8"),
        (lambda: plotting.image_grid(IMAGES * float("nan"), columns=2), "nan"),
        (lambda: plotting.image_grid(IMAGES, columns=0), "columns"),
        (lambda: plotting.image_grid(IMAGES, columns=4, titles=["a"]), "12 titles"),
        (lambda: plotting.image_grid(IMAGES, columns=4, row_labels="ab"), "row_labels"),
        (lambda: plotting.filmstrip([IMAGES, IMAGES[:2]], [0, 1]), "differ in shape"),
        (lambda: plotting.filmstrip([IMAGES], [0, 1]), "1 labels"),
        (lambda: plotting.filmstrip([], []), "no batches"),
        (lambda: plotting.neighbours_grid(IMAGES, IMAGES[:3], [1] * 12), "neighbours"),
        (lambda: plotting.neighbours_grid(IMAGES, IMAGES, [1] * 3), "distances"),
        (lambda: plotting.loss_curves({}), "empty"),
        (lambda: plotting.loss_curves({"loss": []}), "empty"),
        (lambda: plotting.metric_curve([1, 2], [1, 2, 3], ylabel="y"), "2 ys"),
        (lambda: plotting.metric_curve([], {}, ylabel="y"), "no lines"),
        (lambda: plotting.metric_curve([1], [0.0], ylabel="y", log=True), "positive"),
        (lambda: plotting.class_histogram([[1, 2]]), "n_classes"),
        (lambda: plotting.class_histogram([1, 2], names=["一"]), "2 names"),
        (lambda: plotting.scatter_2d(torch.rand(5, 3)), r"\(n, 2\)"),
        (lambda: plotting.scatter_2d({}), "no panels"),
        (lambda: plotting.scatter_2d(CENTRES, centres=[1, 2]), "centres"),
    ],
)
def test_wrong_input_is_named_and_leaves_no_open_figure(call, message):
    plt.close("all")
    with pytest.raises(ValueError, match=message):
        call()
    assert plt.get_fignums() == []


# The reader's own figures -------------------------------------------------------------


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
