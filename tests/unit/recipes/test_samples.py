"""``aigc sample``: files of any network that generates, or a line that says why not."""

import numpy as np
import pytest
import torch
from PIL import Image

from aigc_helpers import cli, recipes, weights
from aigc_helpers.recipes import samples
from aigc_helpers.recipes.samples import Order, OrderError, sample, write
from aigc_helpers.recipes.shipping import find_subject

MAKES = {
    name: subject.makes
    for name in weights.names()
    if (subject := find_subject(name, weights.card(name)["network"]["module"])).sample
}
GENERATING = list(MAKES)
TEXTS = [name for name in MAKES if MAKES[name] == "texts"]
IMAGES = [name for name in MAKES if MAKES[name] == "images"]


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def command(name, folder, *options, n=3) -> int:
    return cli.main(["sample", name, "--n", str(n), "--to", str(folder), *options])


def test_networks_that_judge_restore_translate_or_search_generate_nothing():
    restoring = "filler", "upscaler", "upscaler_sharp", "denoiser"
    restorers = {f"image_{name}" for name in restoring}
    others = {"mnist_classifier", "image_recogniser"}
    others |= {"text_translator", "text_reporter", "text_retriever"}
    others |= {"speech_recogniser", "speech_tacotron"}  # it speaks what is typed
    others |= {"speech_tacotron_content", "speech_wavenet"}  # no files yet
    assert set(weights.names()) - set(GENERATING) == others | restorers
    assert {"rnn_idioms", "rnn_poems", "rnn_python"} <= set(TEXTS)
    assert {"gan_mnist", "vae_mnist_plane", "image_faces"} <= set(IMAGES)


@pytest.mark.parametrize("name", GENERATING)
def test_a_network_gives_files_the_same_for_a_seed(name, tmp_path, capsys):
    for folder, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        assert command(name, tmp_path / folder, "--seed", seed) == 0
    a, b, c = (contents(tmp_path / folder) for folder in "abc")
    ending = "txt" if name in TEXTS else "png"
    assert list(a) == [f"{name}-000{i}.{ending}" for i in (1, 2, 3)]
    assert a == b and a != c and all(a.values())
    assert f"3 个文件已存入 {tmp_path / 'a'}" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]


@pytest.mark.parametrize("name", IMAGES)
def test_pictures_and_the_array_are_the_networks_images(name, tmp_path):
    assert command(name, tmp_path / "png") == 0
    assert command(name, tmp_path / "npy", "--format", "npy") == 0
    [path] = (tmp_path / "npy").iterdir()
    array = np.load(path)
    assert path.name == f"{name}.npy" and array.dtype == np.float32
    assert array.shape == (3, *weights.card(name)["explorer"]["image_shape"])
    assert array.min() >= 0 and 0.5 < array.max() <= 1
    for image, path in zip(array, sorted((tmp_path / "png").iterdir()), strict=True):
        picture = Image.open(path)
        assert picture.mode == "L"
        np.testing.assert_allclose(np.asarray(picture) / 255, image[0], atol=0.5 / 255)


@pytest.mark.parametrize("name", ["gan_mnist_conditional", "vae_mnist_conditional"])
def test_classes_come_in_turn_or_one_alone(name):
    judge = weights.load("mnist_classifier")
    with torch.no_grad():
        seen = judge(sample(Order(name, 100))).argmax(dim=1)
        sevens = judge(sample(Order(name, 50, label=7))).argmax(dim=1)
    assert (seen == torch.arange(100) % 10).float().mean() > 0.9
    assert (sevens == 7).float().mean() > 0.9


def test_texts_have_the_form_of_their_network(tmp_path):
    idioms = sample(Order("rnn_idioms", 20))
    assert sum(len(idiom) == 4 for idiom in idioms) > 15
    assert len(set(idioms)) > 15
    poems = sample(Order("rnn_poems", 6))
    assert all("\n" not in poem and poem[0] not in "⑤⑦" for poem in poems)
    assert sum(len(poem) == 24 and poem[5] == "，" for poem in poems) >= 5
    [code] = sample(Order("rnn_python", 1))
    assert code.startswith("def ") and len(code) == 4 + 400
    [path] = write(Order("rnn_poems", 1), tmp_path / "poems")
    assert path.read_bytes().decode("utf-8") == poems[0] + "\n"


def test_a_text_is_the_explorers_with_the_same_seed():
    from aigc_helpers.language.sampling import sample_text

    facts = weights.card("rnn_python")["explorer"]
    expected = sample_text(
        weights.load("rnn_python"),
        facts["vocabulary"],
        "\ndef ",
        length=400,
        temperature=0.7,
        seed=8,
    )
    assert sample(Order("rnn_python", 2, seed=7))[1] == expected[1:]


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("cat", [], "没有名为 cat 的网络；能生成的有 gan_mnist、"),
        ("mnist_classifier", [], "mnist_classifier 不生成东西，没有样本"),
        ("gan_mnist", ["--n", "0"], "个数至少是 1，不能是 0"),
        ("gan_mnist", ["--seed", "-1"], "随机种子要在 0 到 4294967295 之间，不能是 -1"),
        ("gan_mnist", ["--class", "3"], "gan_mnist 不分类别，不能指定类别"),
        ("rnn_poems", ["--class", "3"], "rnn_poems 不分类别，不能指定类别"),
        ("gan_mnist_conditional", ["--class", "10"], "的类别是 0 到 9，没有 10"),
        ("gan_mnist", ["--format", "txt"], "只能存为 png、npy，不能存为 txt"),
        ("rnn_poems", ["--format", "png"], "只能存为 txt，不能存为 png"),
    ],
)
def test_what_cannot_be_had_is_one_chinese_line(name, options, line, tmp_path, capsys):
    assert command(name, tmp_path / "new", *options) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("aigc：") and line in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        assert command("gan_mnist", tmp_path / name) == 2
        assert "已经存在，而且不是空文件夹；请换一个名字" in capsys.readouterr().err
    assert contents(tmp_path / "full") == {"mine": b"mine"}
    assert (tmp_path / "file").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    assert command("gan_mnist", tmp_path / "empty") == 0
    assert len(contents(tmp_path / "empty")) == 3


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    written = []

    def fail(path, content, order):
        written.append(path.name)
        if len(written) == 2:
            raise OSError("disk full")
        path.write_bytes(b"half")
        return path

    monkeypatch.setattr(samples, "write_file", fail)
    with pytest.raises(OSError, match="disk full"):
        write(Order("gan_mnist", 3), tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_pictures_in_colour_and_of_any_size_are_written(tmp_path):
    image = torch.rand(3, 64, 48)
    path = tmp_path / "face.png"
    samples.write_file(path, samples._pixels(image), Order("x", 1))
    picture = Image.open(path)
    assert (picture.mode, picture.size) == ("RGB", (48, 64))
    expected = image.movedim(0, 2).numpy()
    np.testing.assert_allclose(np.asarray(picture) / 255, expected, atol=0.5 / 255)


def test_the_error_says_the_same_in_english():
    with pytest.raises(OrderError, match="mnist_classifier generates nothing"):
        sample(Order("mnist_classifier", 1))


def test_every_recipe_that_generates_says_what_it_makes():
    for subject in recipes.SUBJECTS.values():
        assert subject.sample is None or subject.makes in samples.FORMATS


def test_networks_of_another_folder_are_sampled(tmp_path):
    torch.manual_seed(0)
    network = {"module": "gan", "class": "Generator", "arguments": {}}
    facts = {"network": network, "explorer": {}}
    weights.save("gan_mnist", weights.build(network), facts, folder=tmp_path / "mine")
    folder = ("--folder", str(tmp_path / "mine"))
    assert command("gan_mnist", tmp_path / "a", *folder) == 0
    assert command("gan_mnist", tmp_path / "b") == 0
    assert contents(tmp_path / "a") != contents(tmp_path / "b")
    assert command("vae_mnist", tmp_path / "c", *folder) == 2


def test_texts_need_no_explorer(tmp_path, monkeypatch):
    poet = recipes.Subject(
        None, None, sample=lambda network, n, seed, explorer: ["诗"] * n, makes="texts"
    )
    torch.manual_seed(0)
    network = {"module": "gan", "class": "Generator", "arguments": {}}
    weights.save("poet", weights.build(network), {"network": network}, folder=tmp_path)
    monkeypatch.setattr(samples, "find_subject", lambda name, module: poet)
    assert sample(Order("poet", 2, weights_folder=tmp_path)) == ["诗", "诗"]
