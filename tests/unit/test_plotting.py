"""Figures are closed, labelled in Chinese, and drawn from one font."""

import io
import re

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.axis import Tick
from matplotlib.text import Text
from PIL import Image
from torch import nn

from aigc_helpers import gan, plotting, rnn, vae
from aigc_helpers.plotting import font, style

IMAGES = torch.rand(12, 1, 28, 28)
CENTRES = torch.tensor([[2.0, 0.0], [-2.0, 0.0]])
HISTORY = {
    "loss_d": [1.4 - 0.001 * step for step in range(300)],
    "loss_g": [0.7 + 0.001 * step for step in range(300)],
}
PARTS = {"project": "全连接", "upsample": "卷积\n像素重排", "to_image": "像素重排"}


def route(network=None, *inputs, **options):
    """The way through a network, else of two tokens to a mean and a log-variance."""
    options = {"parts": {"0": ("嵌入", "z"), "1": "全连接"}} | options
    network = network or nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 2))
    return plotting.network_route(network, *(inputs or [INDEX]), **options)


class Idle(nn.Sequential):
    """A network with a part that its forward pass does not use."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Linear(2, 2)

    def forward(self, x):
        return x


class Shapes(nn.Sequential):
    """A network that returns no tensor, and neither does its part."""

    class Shape(nn.Module):
        def forward(self, x):
            return x.shape

    def __init__(self):
        super().__init__(self.Shape())


NODES = {"a": (0, 0, "甲"), "b": (1, 0, "乙")}
INDEX = torch.tensor([[1, 2], [3, 4], [5, 6]])
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
    "points_on_surface": lambda: plotting.points_on_surface(
        {"真": torch.randn(50, 2)}, {"真": torch.rand(5, 5)}, half_side=1.0
    ),
    "scatter_2d": lambda: plotting.scatter_2d(
        {"真实": torch.randn(50, 2), "生成 $z$": torch.randn(50, 2)},
        centres=CENTRES,
        title="两个高斯",
        limits=(-2, 2),
        classes=torch.arange(50) % 3,
    ),
    "network_drawing": lambda: plotting.network_drawing(
        gan.Generator(), torch.randn(2, 16), parts=PARTS, title="生成器"
    ),
    "route_drawing": lambda: plotting.route_drawing(route(), route()),
    "graph": lambda: plotting.graph(
        {"w": (0, 1, "w = 2"), "x": (0, 0, "x = 3"), "y": (1, 0.5, "×")},
        [("w", "y"), ("x", "y", "输入"), ("y", "w", "3", "backward")],
        under={"w": "梯度 ∂L/∂w = 18", "y": "6"},
        title="一步",
    ),
    "unrolled": lambda: plotting.unrolled(["静", "夜"], ["夜", "思"], gradient=True),
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
    others = {"COLOURS", "Table", "house_style", "network_route"}
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
    assert picture.shape == (140, 140, 3)
    assert np.array_equal(picture[17::35, 17::35, 0], images[0, 0].numpy())


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


def shapes(route):
    """Texts of the blocks of each stage, with names where there are some."""
    return [
        " ".join(f"{block.name} {block}".strip() for block in stage.blocks)
        for stage in route.stages
    ]


def test_a_route_has_the_shapes_of_each_part_without_the_batch():
    z = torch.randn(5, 16)
    path = route(gan.Generator(), z, parts=PARTS)
    assert shapes(path) == ["z 16", "48×7×7", "32×14×14", "1×28×28"]
    assert [stage.label for stage in path.stages[1:]] == list(PARTS.values())
    images = torch.rand(5, 1, 28, 28)
    parts = {"trunk": "卷积", "to_logit": "全连接"}
    y = torch.eye(10)[:5]
    path = route(gan.ConditionalDiscriminator(), images, y, parts=parts)
    assert shapes(path) == ["x 1×28×28 y 10", "1536", "1"]
    parts = {"encoder": ("编码器", "μ", "log σ²"), "decoder.from_latent": "解码"}
    path = route(vae.VAE(), images, parts=parts)
    assert shapes(path) == ["x 1×28×28", "μ 20 log σ² 20", "256", "1×28×28"]


def test_a_route_shows_what_a_part_receives():
    parts = {"trunk": "卷积", ">to_logit": "接上一个数", "to_logit": "全连接"}
    path = route(gan.Discriminator(), torch.rand(5, 1, 28, 28), parts=parts)
    assert shapes(path) == ["x 1×28×28", "1536", "1537", "1"]


def test_a_route_shows_as_many_outputs_as_have_names_and_the_first_run():
    model = rnn.CharLM(50)
    parts = {"dropout": "丢弃", "recurrent": ("LSTM", "h")}
    path = route(model, torch.randint(50, (3, 12)), parts=parts)
    assert shapes(path) == ["编号 12", "12×128", "h 12×128", "12×50"]
    parts = {"recurrent": "LSTM"}
    path = route(model, torch.randint(50, (3, 12)), parts=parts)
    assert shapes(path)[1] == "12×128 1×128 1×128"
    over_time = {"parts": {"0": ("GRU", "h")}, "batch_axis": 1}
    path = route(nn.Sequential(nn.GRU(8, 4)), torch.rand(6, 3, 8), **over_time)
    assert shapes(path)[1] == "h 6×4"


def test_drawing_a_network_leaves_no_trace():
    network = vae.VAE().train()
    network.decoder.eval()
    norm = nn.Sequential(nn.BatchNorm1d(4), network)
    before = {name: value.clone() for name, value in norm.state_dict().items()}
    modes = [module.training for module in norm.modules()]
    images, random = torch.rand(2, 1, 28, 28), torch.get_rng_state()
    route(norm[1], images, parts={"encoder": "编码"})
    route(norm[:1], torch.ones(2, 4), parts={"0": "归一"})
    assert torch.equal(torch.get_rng_state(), random)
    assert [module.training for module in norm.modules()] == modes
    assert all(torch.equal(before[k], v) for k, v in norm.state_dict().items())
    assert not any(module._forward_hooks for module in norm.modules())


def test_a_long_route_turns_into_rows_that_fit_a_phone():
    network = nn.Sequential(*(nn.Linear(4, 4) for _ in range(12)))
    parts = {str(i): "全连接" for i in range(12)}
    fig = plotting.network_drawing(network, torch.rand(2, 4), parts=parts)
    assert fig.get_size_inches()[0] * fig.dpi <= 500
    labels = [t for t in drawn_texts(fig) if t.get_text() == "全连接"]
    assert len({t.get_position()[1] for t in labels}) == 2
    assert all(t.get_fontsize() >= 11 for t in labels)


def arrow_ends(fig, colour):
    """Where the arrows of a colour begin and end, in whole steps of 100 pixels."""
    arrows = [t for t in fig.axes[0].texts if hasattr(t, "xy")]
    return {
        tuple(round(value / 100) for value in (*t.get_position(), *t.xy))
        for t in arrows
        if t.arrowprops["color"] == colour
    }


def test_a_gradient_takes_every_way_back_from_the_last_output_to_the_first_input():
    fig = plotting.unrolled(
        ["甲", "乙"], ["", "损失"], layers=2, gradient=True, unit=100
    )
    forward, back = arrow_ends(fig, style.INK), arrow_ends(fig, style.VERMILLION)
    assert len(forward) == 7
    assert {(x1, y1, x0, y0) for x0, y0, x1, y1 in forward} - back == {(1, 1, 1, 0)}
    assert back <= {(x1, y1, x0, y0) for x0, y0, x1, y1 in forward}


def test_the_unit_of_a_graph_may_be_a_list():
    pair, listed = (plotting.graph(NODES, [], unit=unit) for unit in ((90, 9), [90, 9]))
    assert (pair.get_size_inches() == listed.get_size_inches()).all()


def test_an_arrow_into_a_bend_has_no_head():
    nodes = {"a": (0, 0, "甲"), "bend": (1, 0, ""), "b": (1, 1, "乙")}
    fig = plotting.graph(nodes, [("a", "bend"), ("bend", "b")])
    styles = [t.arrowprops["arrowstyle"] for t in fig.axes[0].texts if hasattr(t, "xy")]
    assert styles == ["-", "-|>"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.graph({}, []), "no nodes"),
        (lambda: plotting.graph({"a": (0, 0, "")}, [("a", "b")]), "no node 'b'; there"),
        (
            lambda: plotting.graph(NODES, [("a", "b", "标签", "backwards")]),
            r"no kind of arrow 'backwards'; there are \['forward', 'backward'\]",
        ),
        (lambda: plotting.graph(NODES, [("a",)]), r"not \('a',\)"),
        (lambda: plotting.graph(NODES, [("a", "b", "", "forward", "")]), "an arrow is"),
        (lambda: plotting.unrolled([]), "at least one step"),
        (lambda: plotting.unrolled(["甲"], ["乙", "丙"]), "an output for each input"),
        (lambda: route(parts={"7": "层"}), r"no part '7'; there are \['0', '1'\]"),
        (lambda: route(parts={">7": "层"}), "no part '>7'"),
        (lambda: route(parts={}), "no parts"),
        (lambda: route(Idle(), parts={"unused": "空"}), r"\['unused'\] never ran"),
        (lambda: plotting.route_drawing(), "no routes"),
        (lambda: plotting.network_route(Idle(), parts={"": "全部"}), "no inputs"),
        (lambda: route(batch_axis=2), "no inputs with an axis 2"),
        (lambda: route(Shapes(), parts={"0": "形状"}), "'0' has no tensor.* Size"),
        (lambda: route(Shapes(), parts={">0": "入"}), "the network has no tensor"),
        (
            lambda: route(rnn.CharLM(9), INDEX, parts={"": "全部", "lstm": "门"}),
            "'recurrent'",
        ),
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
    ],
)
def test_wrong_input_is_named_and_leaves_no_open_figure(refused, call, message):
    with refused(message):
        call()
