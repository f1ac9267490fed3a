"""What a reader is told: in Chinese, short, and wherever a chapter can go wrong."""

import ast
import math
import sys
from types import SimpleNamespace

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from test_architecture import MODULES, PACKAGE, PLAN, name_of, room_of

from aigc_helpers import (
    exercise,
    families,
    gan,
    judge,
    language,
    metrics,
    plotting,
    rnn,
    tables,
    vae,
    weights,
)
from aigc_helpers.data import Vocabulary, find_dataset, load_images, plane_data
from aigc_helpers.equations import LatexError, claim, equation
from aigc_helpers.explorers import LatentExplorer, SweepExplorer
from aigc_helpers.pixels import one_hot
from aigc_helpers.reader import ForReader, Mistake, Stopped, in_notebook
from aigc_helpers.store import Store, StoreError
from aigc_helpers.training import DivergedError

DIGITS = torch.zeros(20, 1, 28, 28, dtype=torch.uint8)
DIGITS[:, :, 9:20, 9:20] = 255
LABELS = torch.arange(20) % 10
CONDITIONAL = {"latent_dim": 4, "width": 4}


def pair():
    """Two small networks."""
    return gan.Generator(**CONDITIONAL), gan.Discriminator(width=2)


def play(data=DIGITS, labels=None, *, classes=False, **options):
    """A short game of small networks."""
    kind = "Conditional" if classes else ""
    generator = getattr(gan, f"{kind}Generator")(**CONDITIONAL)
    critic = getattr(gan, f"{kind}Discriminator")(width=2)
    return gan.train_gan(generator, critic, data, labels, **{"steps": 2} | options)


def encode(data=DIGITS, labels=None, *, n_classes=0, **options):
    """A short training of a small VAE."""
    model = vae.VAE(2, 4, 8, 0, n_classes=n_classes)
    return vae.train_vae(model, data, labels, **{"steps": 2} | options)


def sample(**settings):
    """Text of a small network."""
    network = rnn.StreamLM(3, 4, 4)
    return language.sample_text(network, "\nab", "a", **settings)


def sweep(compute=lambda value: {"x": value}, values=(1, 2)):
    return SweepExplorer(compute, values, name="β")


MISTAKES = {
    "no batch": (lambda: play(batch_size=0), "batch_size 写成了 0"),
    "a text for a number": (lambda: play(steps="100"), "steps 写成了 '100'"),
    "half a step": (lambda: encode(steps=1.5), "steps 写成了 1.5"),
    "rate too high": (lambda: play(lr=100), "lr 写成了 100，太大了"),
    "rate too high for a family": (
        lambda: families.train_family(
            families.FAMILIES["gan"](), torch.randn(9, 2), steps=1, lr=100
        ),
        "太大了",
    ),
    "rate below 0": (lambda: encode(lr=-1e-3), "lr 写成了 -0.001"),
    "rate as text": (lambda: encode(lr="0.1"), "lr 写成了 '0.1'"),
    "decay": (lambda: play(decay=1.5), "decay 写成了 1.5"),
    "labels forgotten": (lambda: play(classes=True), "忘了给标签：ConditionalGen"),
    "labels forgotten, VAE": (lambda: encode(n_classes=10), "忘了给标签：VAE"),
    "labels too many": (lambda: play(labels=LABELS), "Generator 不分类别"),
    "labels of others": (lambda: play(labels=LABELS[:3], classes=True), "20 个整数"),
    "labels as floats": (
        lambda: play(labels=LABELS.float(), classes=True),
        "20 个整数的张量",
    ),
    "labels too high": (lambda: play(labels=LABELS + 5, classes=True), "0 到 9 类"),
    "already divided": (lambda: play(DIGITS / 255), "不用先除以 255"),
    "not divided": (lambda: encode(DIGITS.float()), "像素是 0 到 255 的 torch.float32"),
    "tanh for a VAE": (lambda: encode(DIGITS / 127.5 - 1), "像素是 -1 到 1"),
    "the set itself": (lambda: play(load_images("digits")), "例如 train.images"),
    "nothing to learn": (lambda: encode(DIGITS[:0]), "至少有一张图"),
    "beta below 0": (lambda: encode(beta=-1), "beta 写成了 -1"),
    "free bits below 0": (lambda: encode(free_bits=-0.1), "free_bits 写成了 -0.1"),
    "gamma below 0": (lambda: play(gamma=-1), "gamma 写成了 -1"),
    "class forgotten": (
        lambda: gan.sample_images(
            gan.ConditionalGenerator(**CONDITIONAL), torch.randn(2, 4)
        ),
        "忘了给类别",
    ),
    "class not wanted": (
        lambda: vae.sample_images(
            vae.VAE(2, 4, 8, 0), torch.randn(1, 2), one_hot(torch.tensor([1]))
        ),
        "用不上 y",
    ),
    "noise too short": (
        lambda: gan.sample_images(gan.Generator(4, 4), torch.randn(2, 3)),
        "每行 4 个数",
    ),
    "one image alone": (
        lambda: vae.encode_images(vae.VAE(2, 4, 8, 0), DIGITS[0] / 255),
        "写 images[:1]",
    ),
    "bytes for the judge": (
        lambda: metrics.predict_classes(judge.DigitClassifier(4, 4), DIGITS),
        "先除以 255",
    ),
    "images for features": (
        lambda: metrics.frechet_distance(DIGITS / 255, DIGITS / 255),
        "extract_features",
    ),
    "too few to compare": (
        lambda: metrics.precision_recall(torch.randn(3, 2), torch.randn(3, 2), k=3),
        "每一堆至少要",
    ),
    "no share": (lambda: metrics.wilson_interval(5, 3), "3 个里有 5 个"),
    "two people": (
        lambda: metrics.paired_interval(torch.randn(20), [0, 1] * 10),
        "至少要 3 组",
    ),
    "infinite PSNR": (
        lambda: metrics.paired_interval([math.inf, 1.0, 2.0], [0, 1, 2]),
        "改用 mean_squared_error",
    ),
    "people of others": (
        lambda: metrics.grouped_interval(torch.mean, [0, 1, 2], torch.randn(4)),
        "每一行要有一个组号",
    ),
    "not divided for PSNR": (
        lambda: metrics.psnr(DIGITS / 255, DIGITS),
        "先除以 255",
    ),
    "empty hole": (
        lambda: metrics.psnr(
            DIGITS / 255, DIGITS / 255, where=torch.zeros(1, 1, *DIGITS.shape[2:])
        ),
        "有的洞是空的",
    ),
    "bandwidth": (
        lambda: metrics.kernel_log_density(
            torch.randn(2, 2), torch.randn(2, 2), bandwidth=0
        ),
        "带宽写成了 0",
    ),
    "temperature": (lambda: sample(temperature=-1), "temperature 写成了 -1"),
    "top_p": (lambda: sample(top_p=80), "top_p 写成了 80"),
    "length": (lambda: sample(length=-1), "length 写成了 -1"),
    "foreign character": (
        lambda: Vocabulary(["\n", "a"]).encode("b"),
        "词表里没有这些字：b",
    ),
    "order": (lambda: language.fit_ngram(["ab"], 0), "n 写成了 0"),
    "kind of cell": (lambda: rnn.gradient_norms("LSTM", 5), "'LSTM' 这种循环单元"),
    "text too short": (
        lambda: language.train_stream(
            rnn.StreamLM(3, 4, 4), torch.zeros(5, dtype=torch.int64), steps=1
        ),
        "文本只有 5 个字符",
    ),
    "no batch of lines": (
        lambda: language.train_lines(
            rnn.CharLM(3, 4, 4), [torch.tensor([0, 1, 0])] * 3, steps=1, batch_size=0
        ),
        "batch_size 写成了 0",
    ),
    "text for tokens": (
        lambda: language.train_stream(rnn.StreamLM(3, 4, 4), "ab", steps=1),
        "vocabulary.encode",
    ),
    "labels for the judge": (
        lambda: judge.train_classifier(
            judge.DigitClassifier(4, 4), DIGITS, LABELS[:3], steps=1
        ),
        "20 个整数",
    ),
    "not divided for the bound": (
        lambda: vae.evaluate_elbo(vae.VAE(2, 4, 8, 0), DIGITS.float()),
        "像素应当在 0 到 1 之间，这里从 0 到 255",
    ),
    "class out of range": (lambda: one_hot(torch.tensor([10])), "类别从 0 到 9"),
    "class as a number": (lambda: one_hot(3), "torch.tensor([3])"),
    "how many for noise": (
        lambda: gan.sample_images(gan.Generator(4, 4), 10),
        "torch.randn(10, 16)",
    ),
    "no neighbours": (
        lambda: metrics.nearest_neighbours(DIGITS / 255, DIGITS[:0] / 255),
        "reference 是空的，至少要有一个",
    ),
    "bytes for neighbours": (
        lambda: metrics.nearest_neighbours(DIGITS, DIGITS),
        "先除以 255",
    ),
    "seed": (lambda: play(seed=0.5), "seed 写成了 0.5"),
    "one text": (lambda: language.fit_ngram("abc", 2), "不能只给一个字符串"),
    "a list for a history": (lambda: plotting.loss_curves([1, 2]), "应当是字典"),
    "data set": (lambda: find_dataset("mnst"), "没有叫 'mnst' 的数据集"),
    "split": (lambda: load_images("digits", "testing"), "没有 'testing' 这一份"),
    "plane": (lambda: plane_data("moon"), "没有叫 'moon' 的数据"),
    "network": (lambda: weights.load("gan"), "随书没有叫 'gan' 的网络"),
    "table": (lambda: tables.load("gan"), "没有叫 'gan' 的表"),
    "no lines": (lambda: plotting.loss_curves({}), "训练记录是空的"),
    "one picture": (
        lambda: plotting.image_grid(DIGITS[0, 0], columns=1),
        "写 images[:1]",
    ),
    "pixels": (lambda: plotting.image_grid(DIGITS.float(), columns=1), "画不了"),
    "lengths": (
        lambda: plotting.image_grid(DIGITS, columns=5, titles=["一"]),
        "titles 应当有 20 个，这里有 1 个",
    ),
    "prediction": (lambda: exercise.compare("损失", "一半", 1), "没有读懂 '一半'"),
    "forgotten return": (lambda: sweep(lambda value: None), "忘了 return"),
    "one stop": (lambda: sweep(values=[1]), "两个以上不同的数"),
    "classes of an explorer": (
        lambda: LatentExplorer(
            gan.PixelDecoder(gan.ConditionalGenerator(**CONDITIONAL)), latent_dim=4
        ),
        "条件网络要写 n_classes",
    ),
    "formula": (lambda: claim(r"a = (b", a=1, b=1), "读不懂这个公式"),
    "name in a formula": (lambda: claim("a = b", a=1), "公式里的 b 没有给值"),
    "equation": (
        lambda: equation("eq-x", "错的", "a = b", by="算", a=1.0, b=2.0),
        "不成立",
    ),
    "steps forgotten": (lambda: gan.train_gan(*pair(), DIGITS), "忘了写 steps"),
    "misspelt option": (lambda: play(setps=3), "没有 setps 这样的选项"),
    "option of another training": (
        lambda: encode(kl_weight=2),
        "有的函数另外还有，在函数名后面加 ? 查看",
    ),
    "misspelt option of an explorer": (
        lambda: SweepExplorer(lambda value: {"x": value}, [1, 2], name="β", strat=1),
        "没有 strat 这样的选项",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_says_in_chinese_what_is_wrong_and_to_programs_in_english(mistake):
    make, words = MISTAKES[mistake]
    with pytest.raises((ValueError, TypeError, KeyError, AssertionError)) as caught:
        make()
    assert isinstance(caught.value, ForReader), caught.value
    assert words in caught.value.chinese
    assert str(caught.value) and str(caught.value) != caught.value.chinese


def test_a_store_says_what_is_wrong(tmp_path):
    with pytest.raises(Mistake) as caught:
        Store(tmp_path / "new.duckdb")
    assert "要写 latent_dim" in caught.value.chinese
    with Store(tmp_path / "new.duckdb", latent_dim=2) as store:
        run = store.add_run("gan", {})
        for wrong, words in (
            (lambda: store.samples(run + 1), "没有编号是"),
            (lambda: store.images("test"), "没有 split 是 'test'"),
            (lambda: store.add_samples(run, DIGITS, torch.zeros(20, 3)), "(N, 2)"),
            (lambda: store.sql("SELEC 1"), "DuckDB 没有执行这一句"),
        ):
            with pytest.raises((ValueError, KeyError, StoreError)) as caught:
                wrong()
            assert words in caught.value.chinese
            assert str(caught.value)[0] not in "'\""


def test_a_loss_far_from_its_first_value_ends_the_run():
    torch.manual_seed(0)  # at this rate twelve seeds of twelve diverge
    with pytest.raises(DivergedError) as caught:
        play(DIGITS, steps=120, lr=0.9)
    assert "训练发散了" in caught.value.chinese and "把 lr 改小" in caught.value.chinese


def test_a_language_model_that_diverges_is_told_of_clipping():
    network = rnn.StreamLM(3, 4, 4)
    with torch.no_grad():
        network.to_logits.bias.fill_(math.nan)
    with pytest.raises(DivergedError) as caught:
        language.train_stream(network, torch.zeros(99, dtype=torch.int64), steps=1)
    assert "训练发散了" in caught.value.chinese and "裁剪" in caught.value.chinese


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A notebook's shell, and ``shown``, the lines that it shows of an error."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    shell = InteractiveShell.instance()
    shell.user_ns |= {"Mistake": Mistake, "fail": fail}
    shell.shown = []
    shell._showtraceback = lambda kind, error, lines: shell.shown.extend(lines)
    yield shell
    InteractiveShell.clear_instance()


def test_a_notebook_shows_the_sentence_the_readers_line_and_the_english(shell):
    cell = "def inner():\n    raise Mistake('x is 0', 'x 写成了 0。')\n\ninner()"
    assert shell.run_cell(cell).error_in_exec is not None
    assert shell.shown == [
        "x 写成了 0。",
        "这一格第 4 行：inner()",
        "（Mistake: x is 0）",
    ]


def fail():
    raise Mistake("x is 0", "x 写成了 0。")


@pytest.mark.parametrize("magic", ["%%time\n", "%%capture\n", "%time "])
def test_the_call_of_a_magic_is_not_shown_as_the_readers_line(shell, magic):
    shell.run_cell(f"{magic}fail()")
    where = ["这一格第 1 行：fail()"] if "capture" in magic else []
    assert shell.shown == ["x 写成了 0。", *where, "（Mistake: x is 0）"]


@pytest.mark.parametrize("kind", [Mistake, Stopped, DivergedError])
def test_without_chinese_words_the_english_ones_stand_for_them(kind):
    assert kind("in English").chinese == str(kind("in English")) == "in English"
    assert isinstance(Stopped(), KeyboardInterrupt)
    assert isinstance(DivergedError(), ArithmeticError)


def test_a_notebook_is_known_by_its_kernel(monkeypatch):
    assert not in_notebook()
    shell = SimpleNamespace(kernel=object())
    module = SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", module)
    assert in_notebook()


# Modules of rooms that chapters use, but which check what the book itself ships or
# builds, not what a reader writes.
SHIPPED = {
    "data/download.py",
    "data/idx.py",
    "data/sets/faces.py",
    "data/sets/idioms.py",
    "data/sets/python.py",
    "data/sets/spoken_digits.py",
    "data/sets/tang.py",
    "data/wav.py",
    "explorers/base.py",
    "explorers/formula/code.py",
    "explorers/latent/filmstrip.py",
    "explorers/latent/page.py",
    "explorers/modules.py",
    "explorers/plane/page.py",
    "explorers/sampler/page.py",
    "explorers/site.py",
    "explorers/sprites.py",
    "tables/dependencies.py",
    "tables/measuring.py",
    "tables/stored.py",
    "weights/shipped.py",
}


def english_errors(path) -> list[str]:
    """Places where a module raises what has no words for a reader."""
    return [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        if name_of(node.exc) in ("ValueError", "TypeError", "KeyError", "RuntimeError")
    ]


def test_what_chapters_call_has_words_for_the_reader():
    rooms = {room for rooms in PLAN["Chapters"].values() for room in rooms.split()}
    paths = [
        path
        for path in MODULES
        if room_of(path) in rooms
        if str(path.relative_to(PACKAGE)) not in SHIPPED
    ]
    found = [place for path in paths for place in english_errors(path)]
    assert not found, "raise a Mistake, with Chinese words:\n" + "\n".join(found)


def test_latex_that_cannot_be_read_is_shown_where():
    with pytest.raises(LatexError) as caught:
        claim(r"a = \log (b]", a=1, b=1)
    assert "第 11 个字符处，应当是 )，却是 ]" in caught.value.chinese
