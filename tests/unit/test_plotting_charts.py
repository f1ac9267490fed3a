"""What charts draw: lines, levels, bars, points, and the ticks of their axes."""

import warnings

import numpy as np
import pytest
import torch

from aigc_helpers import plotting

CENTRES = torch.tensor([[2.0, 0.0], [-2.0, 0.0]])
GRID = torch.linspace(0, 1, 5).repeat(5, 1)  # (5, 5), from left to right


def scatter(classes, **options):
    """Two points with classes."""
    return plotting.scatter_2d(CENTRES, classes=classes, **options)


def test_loss_curves_draw_every_step_of_a_short_history():
    fig = plotting.loss_curves({"loss_g": [3.0, 2.0, 1.0]}, unit=None)
    (line,) = fig.axes[0].lines
    assert line.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert line.get_label() == "生成器"
    assert fig.axes[0].get_ylabel() == "损失"


def legend(fig):
    """The texts of a figure's legend."""
    return [text.get_text() for text in fig.legends[0].get_texts()]


def test_loss_curves_draw_levels_across_with_their_texts_beside_the_axes():
    levels = {"2 log 2": 1.386, "近旁": 1.387}
    fig = plotting.loss_curves({"loss_d": [1.0, 2.0]}, levels=levels)
    ax = fig.axes[0]
    lines = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert [set(line.get_ydata()) for line in lines] == [{1.386}, {1.387}]
    assert legend(fig) == ["判别器"] and ax.get_ylabel() == "损失（奈特）"
    fig.draw_without_rendering()
    low, high = (text.get_window_extent() for text in ax.texts)
    assert low.x0 > ax.bbox.x1 and low.y1 <= high.y0
    assert fig.legends[0].get_window_extent().y1 < ax.bbox.y0


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("level", [0.7, 2.3])
def test_the_text_of_a_level_stands_at_its_line(level, log):
    """Among the data or beyond them."""
    fig = plotting.loss_curves({"loss": [1.0, 0.5]}, levels={"均匀": level}, log=log)
    ax = fig.axes[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig.draw_without_rendering()
    (text,) = ax.texts
    line = ax.transData.transform((1, level))[1]
    assert ax.transAxes.transform(text.get_position())[1] == pytest.approx(line, abs=1)
    box = text.get_window_extent()
    assert (box.y0 + box.y1) / 2 == pytest.approx(line, abs=1)


def test_small_losses_on_a_logarithmic_axis_have_their_own_ticks():
    fig = plotting.loss_curves({"loss": [0.001, 1.0, 1000.0]}, log=True)
    texts = ticks(fig.axes[0].yaxis)
    assert texts[:4] == ["0.001", "0.002", "0.005", "0.01"] and texts[-1] == "1000"
    assert len(set(texts)) == len(texts)


def test_a_logarithmic_axis_leaves_out_what_is_no_number():
    fig = plotting.loss_curves({"loss": [3.0, float("nan"), 1.0]}, log=True)
    assert len(fig.axes[0].lines[0].get_ydata()) == 3


def test_loss_curves_smooth_a_long_history_over_a_fiftieth_of_it():
    fig = plotting.loss_curves({"loss": [1.0, 3.0] * 200})
    raw, smooth, _ = fig.axes[0].lines
    assert len(raw.get_ydata()) == 400
    assert np.allclose(smooth.get_ydata(), 2.0)
    assert smooth.get_xdata()[-1] == 400
    assert legend(fig) == ["损失", "浅色是每一步，深色是最近 8 步的平均"]


def test_a_short_logarithmic_axis_has_few_ticks():
    fig = plotting.loss_curves({"甲": [80.0, 3.0]}, levels={"均匀": 5.0}, log=True)
    assert ticks(fig.axes[0].yaxis) == ["5", "10", "20", "50"]


def test_many_lines_are_named_beside_the_axes_and_long_names_in_two_columns():
    five = {f"线 {i}": [i, -i] for i in range(5)}
    fig = plotting.metric_curve([1, 2], five, ylabel="y")
    fig.draw_without_rendering()
    assert fig.legends[0].get_window_extent().x0 > fig.axes[0].bbox.x1
    long = {f"一条名字很长的线，第 {i} 条": [i, -i] for i in range(4)}
    fig = plotting.metric_curve([1, 2], long, ylabel="y")
    fig.draw_without_rendering()
    box = fig.legends[0].get_window_extent()
    assert box.y1 < fig.axes[0].bbox.y0 and box.width < fig.bbox.width


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


def test_metric_curve_draws_a_diagonal_in_a_square():
    x = [0.0, 0.5, 1.0]
    fig = plotting.metric_curve(
        x, {"模型": [0, 0.4, 1]}, ylabel="份额", floor={"准": x}
    )
    ax = fig.axes[0]
    assert ax.lines[1].get_ydata().tolist() == x
    assert ax.lines[1].get_marker() == "None"
    assert ax.get_xlim() == ax.get_ylim() and ax.get_aspect() == 1


def ticks(axis):
    """Texts of the ticks that lie on an axis."""
    axis.figure.draw_without_rendering()
    low, high = axis.get_view_interval()
    at = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [label.get_text() for place, label in at if low <= place <= high]


def test_ticks_are_whole_for_counts_and_have_equally_many_decimals():
    stones = plotting.metric_curve([4, 8, 12, 16], [8.1, 8.0, 8.3, 8.2], ylabel="值")
    assert ticks(stones.axes[0].xaxis) == ["4", "8", "12", "16"]
    assert {len(text) for text in ticks(stones.axes[0].yaxis)} == {3}
    steps = plotting.metric_curve(range(1, 13), range(12), ylabel="个")
    assert not any("." in text for text in ticks(steps.axes[0].xaxis))


def test_a_logarithmic_axis_has_powers_of_ten():
    values = {"甲": [1e-7, 1.0, 1e5]}
    fig = plotting.metric_curve([1, 2, 3], values, ylabel="梯度", log=True)
    texts = ticks(fig.axes[0].yaxis)
    assert len(texts) > 3 and all(
        text.startswith("$\\mathdefault{10^") for text in texts
    )


def test_points_beyond_fixed_limits_stand_at_the_edge():
    points = torch.tensor([[0.0, 0.0], [9.0, 1.0], [0.0, -7.0]])
    ax = plotting.scatter_2d(points, limits=(-4, 4)).axes[0]
    assert ax.get_xlim() == ax.get_ylim() == (-4, 4)
    edge = [dots.get_offsets().tolist() for dots in ax.collections[1:]]
    assert edge == [[[4, 1]], [[0, -4]]]
    assert len(plotting.scatter_2d(points).axes[0].collections) == 1


def test_classes_have_colours_and_markers_and_stand_in_the_legend_once():
    panels = {"左": torch.rand(3, 2), "右": torch.rand(2, 2)}
    classes = {"左": [0, 1, 1], "右": torch.tensor([1, 1])}
    fig = plotting.scatter_2d(panels, classes=classes, names=["月", "日"])
    assert legend(fig) == ["月", "日"]
    left, right = (ax.collections for ax in fig.axes)
    assert [len(dots.get_offsets()) for dots in [*left, *right]] == [1, 2, 2]
    colour = [tuple(dots.get_facecolor()[0]) for dots in (*left, *right)]
    assert colour[0] != colour[1] == colour[2]


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


def test_points_lie_on_a_surface_and_those_outside_are_counted():
    points = {"a": torch.zeros(4, 2), "b": torch.tensor([[0.0, 9.0], [1.0, 1.0]])}
    fig = plotting.points_on_surface(points, {"a": GRID, "b": GRID}, half_side=4.0)
    left, right = fig.axes
    assert left.get_xlim() == right.get_ylim() == (-4.0, 4.0)
    assert not left.texts and [t.get_text() for t in right.texts] == ["图外 50%"]
    levels = [list(getattr(c, "levels", [])) for c in left.collections]
    half = left.collections[levels.index([0.5])]
    assert torch.tensor(half.get_paths()[0].vertices)[:, 0].abs().max() < 1e-6
    with pytest.raises(ValueError, match=r"\['a', 'b'\], \['a'\]"):
        plotting.points_on_surface(points, {"a": GRID}, half_side=4.0)


def surface(values=GRID, points=CENTRES, **options):
    """One panel over a surface."""
    options = {"half_side": 1.0} | options
    return plotting.points_on_surface({"a": points}, {"a": values}, **options)


def test_points_that_are_no_numbers_are_outside_of_the_picture():
    points = torch.tensor([[0.0, 0.0], [float("nan"), 0.0]])
    assert [t.get_text() for t in surface(points=points).axes[0].texts] == ["图外 50%"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plotting.loss_curves({}), "empty"),
        (lambda: plotting.loss_curves({"loss": []}), "empty"),
        (lambda: plotting.metric_curve([1, 2], [1, 2, 3], ylabel="y"), "2 ys"),
        (lambda: plotting.metric_curve([], {}, ylabel="y"), "no lines"),
        (lambda: plotting.metric_curve([1], [0.0], ylabel="y", log=True), "positive"),
        (lambda: plotting.class_histogram([[1, 2]]), "n_classes"),
        (lambda: plotting.class_histogram([1, 2], names=["一"]), "2 names"),
        (lambda: plotting.scatter_2d(torch.rand(5, 3)), r"\(n, 2\)"),
        (lambda: plotting.scatter_2d({}), "no panels"),
        (lambda: plotting.scatter_2d(CENTRES, limits=(4, -4)), "limits must rise"),
        (lambda: plotting.scatter_2d(CENTRES, classes=[1]), "2 classes"),
        (
            lambda: plotting.metric_curve([1], [1], ylabel="y", floor={"a": [1, 2]}),
            "1 floor",
        ),
        (lambda: plotting.scatter_2d(CENTRES, centres=[1, 2]), "centres"),
        (lambda: plotting.loss_curves({"loss": [1.0, 0.0]}, log=True), "positive"),
        (
            lambda: plotting.loss_curves({"loss": [1.0]}, levels={"零": 0}, log=True),
            "positive",
        ),
        (
            lambda: plotting.metric_curve([1], [1], ylabel="y", floor=-1, log=True),
            "positive",
        ),
        (lambda: scatter({"左": [0, 1]}), "no classes of panel None; there are"),
        (lambda: scatter([0, -1]), "whole numbers from 0"),
        (lambda: scatter([0.0, 0.5]), "whole numbers from 0"),
        (lambda: scatter([0.0, float("inf")]), "whole numbers from 0"),
        (lambda: scatter([[0], [1]]), "whole numbers from 0"),
        (lambda: scatter(["月", "日"]), "whole numbers from 0"),
        (lambda: scatter([0, 2], names=["月", "日"]), "2 names, .* up to 2"),
        (lambda: surface(torch.rand(5)), r"\(m, m\)"),
        (lambda: surface(torch.rand(5, 4)), r"\(m, m\)"),
        (lambda: surface(torch.rand(1, 1)), r"\(m, m\)"),
        (lambda: surface(GRID * 3 - 1), r"in \[0, 1\], not -1 to 2"),
        (lambda: surface(GRID * float("nan")), r"in \[0, 1\]"),
        (lambda: surface(half_side=0), "half_side is 0"),
        (lambda: surface(points=torch.rand(4, 3)), r"points of shape \(n, 2\)"),
        (lambda: surface(centres=[1, 2]), "centres of shape"),
    ],
)
def test_wrong_input_is_named_and_leaves_no_open_figure(refused, call, message):
    with refused(message):
        call()
