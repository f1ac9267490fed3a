"""The sweep explorer in Python: what is computed, stored, answered and refused."""

import base64
import io
import json
import re
from collections import namedtuple

import numpy as np
import pytest
import torch
from explorer_talk import facts_in
from matplotlib import pyplot as plt
from PIL import Image

from aigc_helpers.explorers import SweepExplorer
from aigc_helpers.explorers.sweep import widget as sweep
from aigc_helpers.explorers.sweep.setting import make_axis


def parts(value):
    """A ramp as bright as the value, a number, a text."""
    image = np.linspace(0, 1, 24).reshape(4, 6) * value
    return {"图": image, "损失": 1 / (value + 0.5), "说明": f"值是 {value}"}


def colours(a, b):
    """A picture of one colour for two values, and their sum."""
    return {"色": np.full((5, 4, 3), (a, b, 0.5)), "和": a + b}


@pytest.fixture
def explorer():
    return SweepExplorer(parts, [0, 0.25, 0.5, 1], name="β")


@pytest.fixture
def ask(monkeypatch):
    """Let an explorer answer one question: its message and buffers."""

    def ask_(explorer, **content):
        sent = []
        monkeypatch.setattr(explorer, "send", lambda *message: sent.append(message))
        explorer._receive(explorer, {"id": 1, **content}, [])
        return sent[0]

    return ask_


def pictures(content: bytes, facts: dict, n: int) -> np.ndarray:
    """The first n pictures of a sheet, as the page cuts them."""
    sheet = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    (height, width), columns = facts["tile"], facts["columns"]
    places = [(i // columns * height, i % columns * width) for i in range(n)]
    return np.stack([sheet[y : y + height, x : x + width] for y, x in places])


# ---- what is computed ----------------------------------------------------------


def test_a_count_is_stored_with_all_its_digits():
    explorer = SweepExplorer(lambda v: {"参数": 3_247_617 * v}, [1, 2], name="n")
    assert explorer._config["numbers"][0]["values"] == [3_247_617, 6_495_234]


def test_every_value_is_computed_once_in_rising_order():
    seen = []
    explorer = SweepExplorer(
        lambda v: seen.append(v) or parts(v), [1, 0.25, 0], name="β"
    )
    assert seen == [0, 0.25, 1]
    assert list(explorer.results) == [(0,), (0.25,), (1,)]
    assert explorer.results[(1,)]["说明"] == "值是 1.0"
    assert explorer._config["numbers"][0]["values"] == [2.0, 1.33333, 0.666667]


def test_a_sheet_holds_exactly_the_pictures(explorer):
    facts = explorer._config["pictures"][0]
    content = explorer._sheets["图"].content
    found = pictures(content, facts, 4)[..., 0]
    expected = [np.rint(parts(v)["图"] * 255) for v in (0, 0.25, 0.5, 1)]
    assert np.array_equal(found, expected)


def test_two_sliders_fill_a_grid_the_first_one_runs_fastest():
    explorer = SweepExplorer(colours, ([0, 0.4, 1], [0.2, 0.6]), name=("a", "b"))
    facts = explorer._config["pictures"][0]
    assert facts["columns"] == 3
    found = pictures(explorer._sheets["色"].content, facts, 6)[:, 0, 0]
    expected = [(a, b, 0.5) for b in (0.2, 0.6) for a in (0, 0.4, 1)]
    assert np.array_equal(found, np.rint(np.array(expected) * 255))
    assert explorer._config["numbers"][0]["values"][1] == 0.6


def test_a_figure_becomes_a_picture_of_its_own_size_and_is_closed():
    def plot(k):
        with plt.rc_context({"savefig.bbox": "tight"}):
            figure, axes = plt.subplots(figsize=(2, 1.5), dpi=80)
            axes.plot([0, 10**k])  # tick labels of different widths
            return {"曲线": figure}

    explorer = SweepExplorer(plot, [0, 3, 6], name="k")
    assert explorer._config["pictures"][0]["tile"] == [120, 160]
    assert plt.get_fignums() == []
    first, last = (explorer.results[(k,)]["曲线"] for k in (0, 6))
    assert first.shape == (120, 160, 3) and not np.array_equal(first, last)


def test_tensors_named_tuples_and_infinite_numbers_are_taken():
    Record = namedtuple("Record", "loss worst image")
    explorer = SweepExplorer(
        lambda v: Record(torch.tensor(v), np.inf * (v - 2), torch.full((3, 3), v / 5)),
        [1.0, 2.0, 3.0],
        name="lr",
    )
    loss, worst = explorer._config["numbers"]
    assert loss == {"name": "loss", "values": [1, 2, 3]}
    assert worst["values"] == ["-Infinity", "NaN", "Infinity"]
    html = explorer._static_html()
    assert "<td>不是数</td>" in html and "<td>−∞</td>" in html
    assert "NaN," not in html.replace('"NaN",', "")  # valid JSON


# ---- sizes ---------------------------------------------------------------------


def noise(value):
    rng = np.random.default_rng(int(value))
    return {"噪声": rng.random((40, 40, 3))}


def test_levels_are_given_up_before_a_sweep_is_refused():
    values = np.arange(10)
    exact = SweepExplorer(noise, values, name="种子")
    assert len(np.unique(_all(exact))) == 256
    tight = SweepExplorer(noise, values, name="种子", max_bytes=exact.n_bytes - 1)
    assert len(np.unique(_all(tight))) == 32
    gap = np.abs(_all(tight).astype(int) - _all(exact))
    assert gap.max() <= 255 / 31 / 2 + 1
    with pytest.raises(ValueError, match="KB even with 16 levels.*Take fewer values"):
        SweepExplorer(noise, values, name="种子", max_bytes=10_000)


def _all(explorer):
    facts = explorer._config["pictures"][0]
    return pictures(explorer._sheets["噪声"].content, facts, 10)


def test_n_bytes_is_what_the_page_carries(explorer):
    html = explorer._static_html()
    carried = len(re.search('base64,([^"]+)', html).group(1))
    assert carried < explorer.n_bytes < carried + 400
    assert f"{explorer.n_bytes / 1024:.0f} KB stored" in repr(explorer)


def test_alike_pictures_cost_less_than_as_png():
    def plot(k):
        figure, axes = plt.subplots(figsize=(3, 2), dpi=80)
        axes.plot(np.sin(np.linspace(0, 6, 90) * k))
        return {"曲线": figure}

    explorer = SweepExplorer(plot, np.linspace(1, 2, 8), name="k")
    sheet = Image.open(io.BytesIO(explorer._sheets["曲线"].content))
    png = io.BytesIO()
    sheet.save(png, "PNG", optimize=True)
    assert len(explorer._sheets["曲线"].content) < 0.6 * len(png.getvalue())


# ---- the trait -----------------------------------------------------------------


def test_python_and_page_follow_each_other(explorer):
    explorer.value = 0.5
    assert explorer._state == {"value": [0.5]}
    explorer.set_state({"_state": {"value": [1]}})
    assert explorer.value == 1


def test_what_was_not_computed_moves_to_the_nearest(explorer):
    explorer.value = 0.3
    assert explorer.value == 0.25 and explorer._state == {"value": [0.25]}
    explorer.value = -7
    assert explorer.value == 0


def test_nearest_on_a_wide_axis_goes_by_ratio():
    axis = make_axis("lr", [1e-4, 1e-3, 1e-2])
    assert axis.log and axis.nearest(4e-4) == 1e-3 and axis.nearest(-1) == 1e-4
    assert not make_axis("β", [1, 2, 20]).log


def test_two_sliders_have_a_pair():
    explorer = SweepExplorer(
        colours, ([0, 1], [0, 0.5]), name=("a", "b"), start=[1, 0.4]
    )
    assert explorer.value == [1, 0.5]
    with pytest.raises(ValueError, match=r"2 finite number"):
        explorer.value = 1
    assert explorer.value == [1, 0.5]


# ---- the kernel ----------------------------------------------------------------


def test_the_kernel_sends_the_stored_sheets(explorer, ask):
    message, buffers = ask(explorer)
    assert message == {"kind": "answer", "id": 1, "fresh": []}
    assert buffers == [explorer._sheets["图"].content]


def test_a_new_value_is_computed_and_kept(explorer, ask):
    message, (picture,) = ask(explorer, compute=[0.75])
    assert message["numbers"] == [{"name": "损失", "values": [0.8]}]
    assert message["texts"] == [{"name": "说明", "values": ["值是 0.75"]}]
    found = np.asarray(Image.open(io.BytesIO(picture)).convert("L"))
    assert np.array_equal(found, np.rint(parts(0.75)["图"] * 255))
    explorer.value = 0.75
    assert explorer.value == 0.75
    assert explorer.results[(0.75,)]["损失"] == 0.8


def test_a_value_is_not_computed_twice(ask):
    seen = []
    explorer = SweepExplorer(lambda v: seen.append(v) or parts(v), [0.0, 1], name="β")
    for value in (0.5, 0.5, 1):
        ask(explorer, compute=[value])
    assert seen == [0, 1, 0.5]


def test_whole_values_stay_whole(ask):
    seen = []
    explorer = SweepExplorer(
        lambda n: seen.append(type(n)) or {"n": n}, [1, 10], name="n"
    )
    ask(explorer, compute=[5.0])
    assert seen == [int] * 3
    (message,) = ask(explorer, compute=[5.5])
    assert message["error"] == "n 要写整数，这里是 5.5。"


def test_a_sweep_of_what_is_there_computes_nothing_new(ask):
    looked_up = {10: 0.5, 20: 0.25}
    explorer = SweepExplorer(
        lambda step: {"损失": looked_up[step]}, [10, 20], name="步数", new_values=False
    )
    assert explorer._config["new_values"] is False
    (message,) = ask(explorer, compute=[15])
    assert "不能算新的值" in message["error"]


@pytest.mark.parametrize(
    ("values", "name", "offered"),
    [
        (range(1, 9), "n", False),
        ([1, 2, 4], "n", True),
        ([1.0, 2.0], "n", True),
        ([[1, 2], [3, 4, 5]], ["n", "m"], False),
        ([[1, 2], [3, 5]], ["n", "m"], True),
    ],
)
def test_new_values_are_offered_only_where_there_are_some(values, name, offered):
    explorer = SweepExplorer(lambda *key: {"和": sum(key)}, values, name=name)
    assert explorer._config["new_values"] is offered


def test_a_view_is_told_what_was_computed_before_it(explorer, ask):
    assert ask(explorer)[0]["fresh"] == []
    ask(explorer, compute=[0.7])
    ask(explorer, compute=[0.5])
    message, _ = ask(explorer)
    assert message["fresh"] == [[0.7]]


@pytest.mark.parametrize(
    ("value", "message"),
    [(2, "在 0.0 和 1.0 之间"), (float("nan"), "超出了范围"), ("x", "应当是一个数")],
)
def test_a_new_value_that_does_not_fit_is_reported(explorer, ask, value, message):
    (answer,) = ask(explorer, compute=[value])
    assert answer["kind"] == "error" and message in answer["error"]
    assert len(explorer.results) == 4


def test_a_failing_function_is_reported(explorer, ask):
    explorer._compute = lambda v: {"图": np.zeros((9, 9)), "损失": 0, "说明": ""}
    (answer,) = ask(explorer, compute=[0.6])
    assert "每张图要一样大" in answer["error"]
    explorer._compute = lambda v: 1 / 0
    assert "division by zero" in ask(explorer, compute=[0.6])[0]["error"]


# ---- what is refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": [1]}, "two or more different finite numbers"),
        ({"values": [1, 1]}, "two or more different"),
        ({"values": [1, np.nan]}, "two or more different"),
        ({"values": ["a", "b"]}, "two or more different"),
        ({"values": range(201)}, "201 states; take fewer values"),
        ({"name": ""}, "name must be a text"),
        ({"name": ("a", "b")}, "2 names and 3 sequences"),
        ({"name": ("a", "b", "c")}, "one or two sliders"),
        ({"start": [1, 2]}, "1 finite number"),
        ({"presets": [{"name": "x", "value": 5}]}, "not one of the stored"),
        ({"presets": [{"name": "x", "value": [0, 0]}]}, "not one of the stored"),
        ({"presets": [{"name": "x"}]}, "a preset has"),
        ({"compute": lambda v: 3}, "returned int; it must return a dictionary"),
        ({"compute": lambda v: {}}, "must return a dictionary of named parts"),
        ({"compute": lambda v: {"a": None}}, "'a' is NoneType; parts are numbers"),
        ({"compute": lambda v: {"a": [True, False]}}, "parts are numbers"),
        ({"compute": lambda v: {"a": np.zeros(4)}}, r"shape \(4,\)"),
        ({"compute": lambda v: {"a": np.zeros((4, 4, 4))}}, r"\(4, 4, 4\)"),
        ({"compute": lambda v: {"a": np.full((4, 4), 7)}}, r"lie in \[0, 1\]"),
        ({"compute": lambda v: {"a": np.full((4, 4), np.nan)}}, r"lie in \[0, 1\]"),
        ({"compute": lambda v: {str(v): 0}}, "every value needs the same parts"),
        (
            {"compute": lambda v: {"a": np.zeros((2, 2 + int(v)))}},
            "at β = 1 the picture 'a'",
        ),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    options = {"compute": parts, "values": [0, 0.5, 1.0], "name": "β", **options}
    with pytest.raises(ValueError, match=message):
        if options["compute"] is not parts:
            options["values"] = [0, 1]
        SweepExplorer(options.pop("compute"), options.pop("values"), **options)


# ---- what is stored ------------------------------------------------------------


def test_two_runs_store_the_same_text_and_it_asks_nothing():
    made = [
        SweepExplorer(parts, [0, 1], name="β")._repr_mimebundle_()[0] for _ in range(2)
    ]
    assert made[0]["text/html"] == made[1]["text/html"]
    html = made[0]["text/html"]
    assert "http" not in html and len(re.findall("<script", html)) == 1
    assert made[0]["text/plain"].startswith("SweepExplorer(β: 2; ['图', '损失'")


def test_the_live_widget_carries_no_pictures(explorer):
    assert explorer._config["source"] == "kernel"
    assert len(json.dumps(explorer._config)) < 1000
    assert facts_in(explorer._static_html())["_config"]["source"] == "stored"


def test_the_poster_shows_pictures_and_a_table(explorer):
    html = explorer._static_html()
    data = base64.b64decode(re.search('webp;base64,([^"]+)', html).group(1))
    assert data == explorer._sheets["图"].content
    alt = re.search('alt="([^"]+)"', html).group(1)
    assert alt == "图：从左到右、从上到下，依次是 β = 0、0.25、0.5、1"
    assert "<tr><td>0.25</td><td>1.3333</td><td>值是 0.25</td></tr>" in html


def test_names_and_texts_cannot_break_out_of_the_html():
    name = "</script><img src=x>"
    explorer = SweepExplorer(lambda v: {name: name, "n": v}, [0, 1], name=name)
    html = explorer._static_html()
    assert "<img" not in html and html.count("</script>") == 1
    assert facts_in(html)["_config"]["axes"][0]["name"] == name


def test_default_presets_are_both_ends(explorer):
    assert explorer._config["presets"] == [
        {"name": "β = 0", "value": [0]},
        {"name": "β = 1", "value": [1]},
    ]


def test_a_bar_shows_how_far_the_computation_is(monkeypatch):
    asked = []

    def watch(items, **options):
        asked.append((len(items), options["label"]))
        return items

    monkeypatch.setattr(sweep, "progress", watch)
    SweepExplorer(parts, [0, 1], name="β")
    assert asked == [(2, "计算")]


def test_a_chart_of_what_is_no_number_is_told():
    with pytest.raises(ValueError, match=r"charts names \['丙'\]"):
        SweepExplorer(
            lambda n: {"甲": n, "乙": 2 * n}, [1, 2], name="n", charts={"图": ["丙"]}
        )


def test_charts_hold_the_places_of_their_numbers():
    explorer = SweepExplorer(
        lambda n: {"甲": n, "乙": 2 * n, "丙": 3 * n},
        [1, 2],
        name="n",
        charts={"图": ["甲", "丙"]},
    )
    charts = explorer._describe("stored")["charts"]
    assert charts == [
        {"name": "图", "numbers": [0, 2]},
        {"name": "乙", "numbers": [1]},
    ]
