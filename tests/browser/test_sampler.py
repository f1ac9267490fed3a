"""The sampler on a page: the characters of Python, controls, what goes wrong."""

import numpy as np
import pytest
from live_page import answer, show_live
from tiny_models import CHARACTERS, models

from aigc_helpers.explorers import SamplerExplorer
from aigc_helpers.explorers.sampler.page import static_html
from aigc_helpers.explorers.sampler.setting import sampler_setting
from aigc_helpers.language.sampling import (
    Sampling,
    candidates,
    choose,
    encode,
    sample_text,
    sample_tokens,
)
from aigc_helpers.weights import export

MODELS = models()
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
VIEW = "document.querySelector('.aigc-explorer').aigc.view"
WRITTEN = "document.querySelector('.aigc-paper').textContent"
STATUS = "document.querySelector('.aigc-status').textContent"
OPTIONS = {"prompt": "春风", "temperature": 0.8, "seed": 3, "length": 40}


@pytest.fixture(scope="module")
def pages(explorer_site, write_page):
    """One page for each family, "pair" with two, "stored" without a network."""
    html = {}
    for name, model in MODELS.items():
        export.export_step(model, explorer_site / "_static/networks" / f"{name}.onnx")
        setting = sampler_setting(
            CHARACTERS, None, **OPTIONS, monospace=name == "window"
        )
        html[name] = static_html(setting, model, network=name)
    link = '<p>把<a href="#explorer?temperature=0&amp;seed=7">温度降到 0</a>。</p>'
    for name, body in html.items():
        write_page(name, link + body if name == "lstm" else body)
    write_page("pair", html["lstm"] + html["gru"])
    setting = sampler_setting(CHARACTERS, None, **OPTIONS)
    write_page("stored", static_html(setting, MODELS["lstm"]))
    setting = sampler_setting(CHARACTERS, None, **OPTIONS, verse="风")
    write_page("verse", static_html(setting, MODELS["lstm"]))


@pytest.fixture
def sampler(pages, explorer):
    """Open a page: {page, box, status, sliders}, see the fixture explorer."""
    return lambda name="lstm", **options: explorer(f"{name}.html", **options)


def expected(name="lstm", **changes):
    options = {**OPTIONS, "length": 40, **changes}
    return sample_text(MODELS[name], CHARACTERS, options.pop("prompt"), **options)


def written(page) -> str:
    return page.evaluate(WRITTEN)


def wait_until_written(page):
    page.wait_for_function(f"{STATUS}.includes('生成了')")


def generate(page):
    page.get_by_role("button", name="生成", exact=True).click()
    wait_until_written(page)


def wait_for_network(page):
    page.evaluate("document.querySelector('.aigc-explorer').aigc.touch()")
    page.wait_for_function(f"{VIEW}.writer")


# ---- the same characters as Python -----------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_400_characters_of_each_seed_are_those_of_python(sampler, name):
    page = sampler(name).page
    wait_for_network(page)
    for seed, more in [(0, {}), (1, {"top_k": 8}), (2, {"top_p": 0.9}), (5, {})]:
        options = {**OPTIONS, "temperature": 1, "length": 400, "seed": seed, **more}
        found = page.evaluate(
            """async (options) => {
              const { view } = document.querySelector(".aigc-explorer").aigc;
              view.setting({ temperature: 1, top_k: 0, top_p: 1, ...options });
              await view.generate();
              return document.querySelector(".aigc-paper").textContent;
            }""",
            options,
        )
        text = sample_text(MODELS[name], CHARACTERS, options.pop("prompt"), **options)
        assert len(text) == 402 and found == text, f"seed {seed}"


def test_candidates_and_choices_are_those_of_python(sampler):
    rng = np.random.default_rng(0)
    cases = [(np.zeros(4, "f4"), Sampling(top_p=0.5), rng.random(20))]  # exactly p
    for size in (1, 2, 7, 100, 3000):
        for temperature in (0, 0.1, 0.8, 1, 2):
            for top_k, top_p in [(0, 1), (3, 1), (0, 0.9), (40, 0.5), (1, 0.05)]:
                logits = (rng.normal(size=size) * 3).astype("f4")
                logits = np.round(logits) if rng.random() < 0.3 else logits  # ties
                sampling = Sampling(temperature, top_k, top_p)
                cases.append((logits, sampling, rng.random(20)))
    found = sampler().page.evaluate(
        """async (cases) => {
          const { candidates, choose } =
            await import("./_static/explorers/sampler/sampling.js");
          return cases.map(([logits, sampling, uniform]) => {
            const found = candidates(Float32Array.from(logits), sampling);
            const chosen = uniform.map((u) => choose(found, u));
            const { tokens, probabilities, kept } = found;
            return [Array.from(tokens), Array.from(probabilities), kept, chosen];
          });
        }""",
        [[c[0].tolist(), vars(c[1]), c[2].tolist()] for c in cases],
    )
    for (logits, sampling, uniform), theirs in zip(cases, found, strict=True):
        ours = candidates(logits, sampling)
        tokens, probabilities, kept, chosen = theirs
        assert tokens == ours.tokens.tolist() and kept == ours.n_kept
        np.testing.assert_allclose(probabilities, ours.probabilities, rtol=1e-12)
        assert chosen == [choose(ours, u) for u in uniform]


@pytest.mark.parametrize("name", MODELS)
def test_logits_of_the_page_are_those_of_torch(sampler, name):
    page = sampler(name).page
    wait_for_network(page)
    rows = page.evaluate(
        f"""async () => {{
          const view = {VIEW};
          const rows = [];
          for (let i = 0; i < 40; i++) {{
            rows.push(await view.writer.at(view.passage, i));
          }}
          return rows.map((row) => Array.from(row));
        }}"""
    )
    context = encode("春风", CHARACTERS)
    pairs = sample_tokens(MODELS[name], context, Sampling(0.8), seed=3)
    ours = np.array([next(pairs)[1] for _ in range(40)])
    assert np.abs(np.array(rows) - ours).max() < 1e-4


def test_the_network_s_distribution_is_the_stored_one(sampler):
    page = sampler().page
    stored = page.locator(".aigc-next tbody").inner_text()
    assert len(stored.split("\n")) >= 12
    wait_for_network(page)
    page.wait_for_timeout(300)
    assert page.evaluate(
        f"(async () => (await {VIEW}.answer({VIEW}.state)).source)()"
    ) == ("network")
    assert page.locator(".aigc-next tbody").inner_text() == stored


# ---- before the network ----------------------------------------------------------


def test_the_stored_text_stands_there_and_nothing_is_loaded(sampler):
    page = sampler().page
    page.wait_for_timeout(300)
    assert written(page) == expected()
    assert "预先生成" in page.evaluate(STATUS)
    loaded = "performance.getEntriesByType('resource').map(entry => entry.name)"
    names = " ".join(page.evaluate(loaded))
    assert "sampler.js" in names and ".onnx" not in names and "ort-wasm" not in names


def test_a_pointer_that_passes_loads_nothing_where_data_is_saved(
    pages, open_page, server
):
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    page.goto(f"{server}/lstm.html")
    page.wait_for_selector(".aigc-explorer[data-ready]")
    page.locator(".aigc-paper span > span").nth(7).hover()
    page.wait_for_selector(".aigc-paper span > span:nth-child(8).aigc-here")
    assert not page.evaluate(f"{VIEW}.loading || {VIEW}.writer")
    page.locator(".aigc-paper span > span").nth(7).click()
    page.wait_for_function(f"{VIEW}.writer")


def test_without_javascript_the_poster_shows_text_and_settings(pages, open_page):
    page = open_page("lstm.html", java_script_enabled=False)
    assert page.locator(".aigc-sampler-poster p").text_content() == expected()
    caption = page.locator(".aigc-sampler-poster figcaption").inner_text()
    assert "温度 0.8" in caption and "种子 3" in caption and "%" in caption


def test_a_page_without_a_network_shows_the_text_of_each_preset(sampler):
    page = sampler("stored").page
    assert page.get_by_role("button", name="生成", exact=True).is_disabled()
    page.get_by_role("button", name="贪心").click()
    page.wait_for_function(f"{STATUS}.includes('与预设相同')")
    assert written(page) == expected(temperature=0)
    page.get_by_role("button", name="核抽样").click()
    assert written(page) == expected(temperature=1, top_p=0.9)
    page.get_by_role("button", name="重置").click()
    assert written(page) == expected()


def test_the_chance_has_a_column_only_where_something_was_cut(sampler):
    page = sampler("stored").page
    chance = page.locator(".aigc-next thead th").nth(3)
    assert chance.inner_text() == "截断后" and not chance.is_visible()
    page.get_by_role("button", name="核抽样").click()
    page.wait_for_function(f"{STATUS}.includes('与预设相同')")
    assert chance.is_visible()


def test_what_was_cut_is_named_however_unlikely(sampler):
    found = sampler("stored").page.evaluate(
        """async () => {
          const module = (name) => import(`./_static/explorers/sampler/${name}.js`);
          const { candidates } = await module("sampling");
          const { distributionTable, summary } = await module("distribution");
          return [2, 0].map((top_k) => {
            const sharp = { temperature: 0.1, top_k, top_p: 1 };
            const found = summary(candidates(Float32Array.of(3, 1, 0, 0), sharp));
            const table = distributionTable(String, { rank: "", cut: "截去" });
            table.show(found, undefined, "");
            const uncut = table.node.matches(".aigc-uncut");
            return { share: found.share, uncut, text: table.node.textContent };
          });
        }"""
    )
    cut, whole = found
    assert cut["share"] > 0.99999 and not cut["uncut"]
    assert cut["text"].count("截去") == 2
    assert whole["uncut"] and "截去" not in whole["text"]


def test_a_line_of_verse_ends_behind_its_mark(sampler):
    page = sampler("verse").page
    page.locator(".aigc-paper").wait_for()
    text = written(page)
    assert text == expected() and "风" in text[:-1]
    ends = page.locator(".aigc-line-end")
    assert set(ends.all_inner_texts()) == {"风"}
    tops = page.locator(".aigc-paper span > span").evaluate_all(
        "nodes => nodes.map((node) => node.getBoundingClientRect().left)"
    )
    first = text[len("春风") :].index("风") + 1
    assert tops[first] < tops[first - 1]


# ---- what the reader does --------------------------------------------------------


def test_mouse_prompt_sliders_and_button_write_a_new_text(sampler):
    shown = sampler()
    page = shown.page
    page.get_by_label("开头").fill("山水")
    slider = page.get_by_label("温度")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    temperature = float(slider.input_value())
    assert 0.2 < temperature < 0.6
    generate(page)
    assert written(page) == expected(prompt="山水", temperature=temperature)
    assert page.locator(".aigc-paper b").inner_text() == "山水"
    assert page.evaluate(f"{VIEW}.state.position") is None


def test_the_keyboard_writes_a_new_text(sampler):
    page = sampler().page
    page.get_by_label("开头").focus()
    page.keyboard.press("End")
    page.keyboard.type("花")
    page.keyboard.press("Enter")
    wait_until_written(page)
    assert written(page) == expected(prompt="春风花")
    page.get_by_label("top-k").focus()
    page.keyboard.press("Home")
    assert page.get_by_label("top-k").get_attribute("aria-valuetext") == "前 1 个"
    page.get_by_role("button", name="生成", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"{VIEW}.passage.settings.top_k === 1")
    page.wait_for_function(f"{VIEW}.passage.words")
    assert written(page) == expected(prompt="春风花", top_k=1)


@pytest.mark.parametrize("event", [{"isComposing": True}, {"keyCode": 229}])
def test_the_enter_of_an_input_method_writes_nothing(sampler, event):
    page = sampler().page
    field = page.get_by_label("开头")
    field.fill("春风花")
    press = """(field, event) => field.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", bubbles: true, ...event }))"""
    field.evaluate(press, event)
    assert page.evaluate(f"{VIEW}.run === undefined")
    field.evaluate(press, {})
    wait_until_written(page)
    assert written(page) == expected(prompt="春风花")


def test_a_finger_writes_a_new_text_and_picks_a_place(sampler):
    page = sampler(**PHONE).page
    page.get_by_role("button", name="换个种子").tap()
    wait_until_written(page)
    assert written(page) == expected(seed=4)
    page.locator(".aigc-paper span > span").nth(5).tap()
    page.wait_for_function(f"{VIEW}.state.position === 5")
    assert page.get_by_label("位置").input_value() == "5"


def test_the_distribution_follows_the_place(sampler):
    page = sampler().page
    generate(page)
    page.locator(".aigc-paper span > span").nth(7).hover()
    page.wait_for_selector(".aigc-paper span > span:nth-child(8).aigc-here")
    pairs = sample_tokens(
        MODELS["lstm"], encode("春风", CHARACTERS), Sampling(0.8), seed=3
    )
    for _ in range(8):
        token, logits = next(pairs)
    found = candidates(logits, Sampling(0.8))
    page.wait_for_function(
        "text => document.querySelector('.aigc-next caption').innerText.includes(text)",
        arg=expected()[3:9].replace(" ", "␣").replace("\n", "↵"),
    )
    shares = page.locator(".aigc-next tbody td:nth-child(3)").all_inner_texts()[:12]
    assert shares == [f"{100 * p:.1f}%" for p in found.probabilities[:12]]
    drawn = page.locator(".aigc-drawn th").inner_text()
    assert drawn[0] in (CHARACTERS[token], "↵", "␣")
    page.get_by_label("位置").focus()
    page.keyboard.press("Home")
    page.wait_for_selector(".aigc-paper span > span:nth-child(1).aigc-here")
    page.keyboard.press("End")
    page.wait_for_selector(".aigc-end.aigc-here")


def test_cut_characters_look_different(sampler):
    page = sampler().page
    wait_for_network(page)
    page.get_by_label("top-k").fill("4")
    page.wait_for_function("document.querySelectorAll('.aigc-cut').length >= 8")
    cells = page.locator(".aigc-next tbody tr").all()[:12]
    words = [row.locator("td").last.inner_text() for row in cells]
    assert words[4:] == ["截去"] * 8 and all("%" in word for word in words[:4])
    assert sum(float(word[:-1]) for word in words[:4]) == pytest.approx(100, abs=0.3)
    faces = [
        row.locator(".aigc-bar").evaluate(
            "bar => getComputedStyle(bar).backgroundColor"
        )
        for row in cells
    ]
    assert faces[4] == "rgba(0, 0, 0, 0)" and faces[3] != faces[4]


def test_text_appears_as_it_is_made_and_stops(sampler):
    page = sampler().page
    wait_for_network(page)
    lengths = page.evaluate(
        f"""async () => {{
          const view = {VIEW}, lengths = [];
          view.setting({{ length: 500 }});
          const paper = document.querySelector(".aigc-paper");
          new MutationObserver(() => lengths.push(paper.textContent.length))
            .observe(paper, {{ childList: true, subtree: true }});
          const {"{ more }"} = view.writer;
          let turns = 0;
          view.writer.more = (...words) => {{
            if (++turns === 6) view.el.querySelectorAll("button")[1].click();
            return more.apply(view.writer, words);
          }};
          await view.generate();
          await new Promise((done) => setTimeout(done, 100));
          return lengths;
        }}"""
    )
    assert len(lengths) >= 4 and lengths == sorted(lengths)
    assert lengths[-1] < 502
    assert "已停止" in page.evaluate(STATUS)
    assert written(page) == expected(length=500)[: lengths[-1]]
    stop = page.get_by_role("button", name="停止")
    assert stop.get_attribute("aria-disabled") == "true"
    generate(page)  # and goes on after that
    page.wait_for_function(f"{WRITTEN}.length === 502")


def test_the_page_stays_at_hand_while_a_text_is_made(sampler):
    """No one task makes it all: timers run in between, on a fast machine few.

    Without a pause between two pieces no timer would run before the end.
    """
    page = sampler().page
    wait_for_network(page)
    ticks, made = page.evaluate(
        f"""async () => {{
          const view = {VIEW};
          view.setting({{ length: 500 }});
          let ticks = 0;
          const timer = setInterval(() => ticks++, 1);
          await view.generate();
          clearInterval(timer);
          return [ticks, view.passage.tokens.length];
        }}"""
    )
    assert made == 500 and ticks >= 2


def test_unknown_characters_are_named_and_left_out(sampler):
    page = sampler().page
    page.get_by_label("开头").fill("春龘风Q")
    assert page.locator(".aigc-note").inner_text() == "词表里没有 “龘”“Q”，已略去"
    generate(page)
    assert written(page) == expected()
    page.get_by_label("开头").fill("龘")
    page.get_by_role("button", name="生成", exact=True).click()
    page.wait_for_function(f"{STATUS}.includes('请写一个开头')")
    assert written(page) == expected()


def test_presets_and_reset(sampler):
    page = sampler().page
    page.get_by_role("button", name="贪心").click()
    wait_until_written(page)
    assert written(page) == expected(temperature=0)
    page.get_by_role("button", name="核抽样").click()
    page.wait_for_function(f"{VIEW}.passage.settings.top_p === 0.9")
    page.wait_for_function(f"{VIEW}.passage.words")
    assert written(page) == expected(temperature=1, top_p=0.9)
    page.get_by_role("button", name="重置").click()
    assert written(page) == expected()
    assert page.get_by_label("温度").input_value() == "0.8"
    page.wait_for_function(f"{VIEW}.state.position === 0")


def test_a_link_sets_the_sampler_and_writes(sampler):
    page = sampler().page
    page.get_by_text("温度降到 0").click()
    wait_until_written(page)
    assert written(page) == expected(temperature=0, seed=7)
    assert page.get_by_label("种子", exact=True).input_value() == "7"


def test_a_link_out_of_range_is_brought_in(sampler):
    page = sampler().page
    state = page.evaluate(
        """() => {
          const { view } = document.querySelector(".aigc-explorer").aigc;
          return view.change(view.state, {
            temperature: "9", top_k: "-4", top_p: "x", seed: "1e99", length: "3.7",
            position: "999", other: "1",
          });
        }"""
    )
    assert state == {
        **{"prompt": "春风", "temperature": 2, "top_k": 0, "top_p": 0.05},
        **{"seed": 2**32 - 1, "length": 10, "position": 40},
    }


def test_a_changed_setting_leaves_the_text_and_says_so(sampler):
    page = sampler().page
    wait_for_network(page)
    before = written(page)
    table = page.locator(".aigc-next tbody").inner_text()
    page.get_by_label("温度").fill("2")
    page.wait_for_function(f"{STATUS}.includes('设置已改变')")
    assert written(page) == before
    assert page.locator(".aigc-next tbody").inner_text() != table
    assert "温度 0.8" in page.locator(".aigc-written figcaption").inner_text()


# ---- two on a page, what is missing ----------------------------------------------


def test_two_on_a_page_are_independent(sampler):
    page = sampler("pair").page
    ready = "document.querySelectorAll('.aigc-explorer[data-ready]')"
    page.wait_for_function(f"{ready}.length === 2")
    second = page.locator(".aigc-explorer").nth(1)
    both = page.get_by_role("button", name="核抽样")
    both.nth(0).click()
    both.nth(1).click()
    page.wait_for_function(
        "[...document.querySelectorAll('.aigc-status')]"
        ".every(status => status.textContent.includes('生成了'))"
    )
    assert written(page) == expected(temperature=1, top_p=0.9)
    assert second.locator(".aigc-paper").text_content() == expected(
        "gru", temperature=1, top_p=0.9
    )


def damage(page, asset, kind):
    def answer(route):
        if kind == "missing":
            route.fulfill(status=404)
        else:
            route.fulfill(body=b"not what was asked for")

    page.route(f"**/{asset}*", answer)


@pytest.mark.parametrize("kind", ["missing", "damaged"])
@pytest.mark.parametrize("asset", ["lstm.onnx", "ort-wasm.bin"])
def test_a_network_that_cannot_be_loaded_is_reported(sampler, open_page, asset, kind):
    page = sampler().page
    damage(page, asset, kind)
    page.get_by_role("button", name="生成", exact=True).click()
    page.wait_for_selector(".aigc-failed")
    assert "网络没有加载成功" in page.evaluate(STATUS)
    assert written(page) == expected()
    page.get_by_role("button", name="贪心").click()
    page.wait_for_function(f"{VIEW}.passage.settings.temperature === 0")
    assert written(page) == expected(temperature=0)  # that was stored, too
    page.unroute(f"**/{asset}*")
    generate(page)  # the next touch tries again
    assert written(page) == expected(temperature=0)
    open_page.problems.clear()


def test_a_missing_module_leaves_the_poster_and_says_so(pages, open_page, server):
    page = open_page()
    page.route("**/written.js", lambda route: route.fulfill(status=404))
    page.goto(f"{server}/lstm.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert page.locator(".aigc-sampler-poster p").text_content() == expected()
    open_page.problems.clear()


# ---- screens ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lstm", "window", "stored"])
def test_a_phone_needs_no_sideways_scroll(fits, sampler, name):
    page = sampler(name, **PHONE).page
    fits(page, ".aigc-sampler *")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["lstm", "window-dark", "stored-dark"])
def test_axe_finds_nothing(sampler, axe, name, width):
    page = sampler(name, viewport={"width": width, "height": 900}).page
    if name != "stored-dark":
        generate(page)
        page.get_by_label("top-p").fill("0.4")
    page.wait_for_timeout(400)
    assert axe(page) == []


def test_code_keeps_its_spaces_and_equal_letters(sampler):
    page = sampler("window").page
    style = (
        "node => [getComputedStyle(node).whiteSpace, getComputedStyle(node).fontFamily]"
    )
    space, family = page.locator(".aigc-paper").evaluate(style)
    assert space == "pre-wrap" and "monospace" in family
    page.get_by_label("开头").fill("x\n y")
    generate(page)
    assert written(page) == expected("window", prompt="x\n y")


# ---- live ----------------------------------------------------------------------


@pytest.fixture
def live(open_page):
    """A page whose sampler is answered by a Python widget."""
    widget = SamplerExplorer(MODELS["gru"], CHARACTERS, **OPTIONS)
    return show_live(open_page, widget), widget


CELL_VIEW = "document.querySelector('#cell').aigc.view"


def answer_until(page, widget, condition):
    """Let the kernel answer until the page fulfils a condition."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        answer(page, widget)
    raise AssertionError(condition)


def test_live_the_kernel_writes_and_python_follows(live):
    page, widget = live
    assert written(page) == widget.text == expected("gru")
    page.get_by_label("温度").fill("0.4")
    page.get_by_label("开头").fill("花Q鸟")
    page.get_by_role("button", name="生成", exact=True).click()
    answer_until(page, widget, f"{STATUS}.includes('生成了')")
    assert written(page) == expected("gru", prompt="花鸟", temperature=0.4)
    assert (widget.temperature, widget.prompt) == (0.4, "花鸟")
    assert widget.text == written(page)


def test_live_the_page_follows_python(live):
    page, widget = live
    widget.top_k, widget.prompt = 5, "月"
    page.evaluate("state => model.python(state)", widget._state)
    answer(page, widget)
    assert page.get_by_label("top-k").input_value() == "5"
    assert page.get_by_label("开头").input_value() == "月"
    page.wait_for_function("document.querySelectorAll('.aigc-cut').length >= 7")


def test_live_any_place_of_the_text_has_a_distribution(live):
    page, widget = live
    page.get_by_label("位置").fill("6")
    answer(page, widget)
    context = encode("春风", CHARACTERS)
    pairs = sample_tokens(MODELS["gru"], context, Sampling(0.8), seed=3)
    for _ in range(7):
        token, logits = next(pairs)
    probabilities = candidates(logits, Sampling(0.8)).probabilities
    page.wait_for_selector(".aigc-paper span > span:nth-child(7).aigc-here")
    shares = page.locator(".aigc-next tbody td:nth-child(3)").all_inner_texts()
    assert shares[0] == f"{100 * probabilities[0]:.1f}%"


def test_live_a_long_text_can_be_stopped(live, monkeypatch):
    page, widget = live
    monkeypatch.setattr("aigc_helpers.explorers.sampler.widget._SECONDS", 0)
    page.get_by_role("button", name="生成", exact=True).click()
    while page.evaluate(f"{CELL_VIEW}.passage.tokens.length") in (*range(5), 40):
        page.wait_for_timeout(20)
        if widget.received:
            widget._receive(widget, widget.received.pop(0), [])
    page.get_by_role("button", name="停止").click()
    answer_until(page, widget, f"{STATUS}.includes('已停止')")
    n = page.evaluate(f"{CELL_VIEW}.passage.tokens.length")
    assert 5 <= n < 15 and written(page) == expected("gru")[: 2 + n]
    assert widget.received == []


def test_live_what_the_model_says_is_shown(live):
    page, widget = live
    widget._model = None
    page.get_by_role("button", name="生成", exact=True).click()
    answer_until(page, widget, f"{STATUS}.includes('Python 内核没能生成文字')")
    assert written(page) == "春风"


def test_live_words_of_a_failure_stay_when_the_distribution_is_painted(live):
    page, widget = live
    widget._more = lambda content: 1 / 0
    page.get_by_role("button", name="生成", exact=True).click()
    asked = f"!{CELL_VIEW}.running && !{CELL_VIEW}.pump.busy"
    answer_until(page, widget, asked)
    page.evaluate(f"{CELL_VIEW}.settled()")  # what follows a rest
    assert "Python 内核没能生成文字" in page.evaluate(STATUS)
