"""Data sets are found by listing, and one entry is all that a new one takes."""

import sys

import numpy as np
import pytest
import torch

from aigc_helpers import data
from aigc_helpers.data import catalog, load, load_images, load_texts
from aigc_helpers.data.catalog import (
    DataFile,
    ImageData,
    TextData,
    files_at,
    find_dataset,
)
from aigc_helpers.data.download import DatasetUnavailable


@pytest.fixture(autouse=True)
def fresh_list():
    """What a test adds is gone after it."""
    yield
    catalog.datasets.cache_clear()


def test_every_module_with_an_entry_is_listed_under_its_own_name():
    defining = {
        path.stem
        for path in catalog.SETS.glob("*.py")
        if "DATASET =" in path.read_text()
    }
    assert defining == set(catalog.datasets())
    for name, dataset in catalog.datasets().items():
        assert dataset.name == name and dataset.title and dataset.credit
        assert dataset.licence and dataset.read
        assert hasattr(data, f"load_{dataset.kind}")


def test_what_stands_in_is_alike_and_needs_no_download():
    def form(dataset):
        names = ("shape", "n_classes", "rate")
        sizes = (getattr(dataset, name, None) for name in names)
        return dataset.kind, *sizes, len(getattr(dataset, "speakers", ()))

    for dataset in catalog.datasets().values():
        if dataset.stand_in is not None:
            instead = find_dataset(dataset.stand_in)
            assert dataset.files and not instead.files
            assert form(instead) == form(dataset)
            assert instead.form == dataset.form
    assert catalog.datasets()["mnist"].stand_in == "digits"
    assert catalog.datasets()["tang"].stand_in == "idioms"
    assert catalog.datasets()["faces"].stand_in == "digit_people"
    assert catalog.datasets()["spoken_digits"].stand_in == "tones"


def test_a_fall_back_of_another_form_is_refused():
    with pytest.raises(ValueError, match="one of 'digits'; got 'photographs'") as found:
        load_images("mnist", fallback="photographs")
    assert found.value.chinese == (
        "不能用 'photographs' 代替，可以写：'digits'，或者不写。"
    )
    with pytest.raises(ValueError, match="one of 'digit_people'; got 'digits'"):
        load_images("faces", fallback="digits")


def test_a_size_is_told_in_few_digits_and_as_a_bound_where_nobody_publishes_it():
    def told(*sizes):
        files = tuple(DataFile("x", size, "md5:00", (), most=7_000) for size in sizes)
        return ImageData("a", "A", files, "CC0", "me").size_text

    assert told(11_594_722) == "11.6 MB" and told(41_900) == "42 KB"
    assert told(None) == "不超过 7 KB" and told(1_000_000, None) == "不超过 1.0 MB"
    assert find_dataset("faces").size_text == "不超过 10.0 MB"


FACES = """
import numpy as np
from aigc_helpers.data.catalog import ImageData

def read(dataset, split, root):
    n = {"train": 5, "test": 2}[split]
    return np.full((n, *dataset.shape), 7, np.uint8), np.arange(n) % dataset.n_classes

DATASET = ImageData(
    "tiny_faces", "Tiny Faces", (), "CC0", "me", read, shape=(3, 64, 48), n_classes=2
)
"""


def test_a_module_in_the_folder_is_all_that_a_new_data_set_takes(tmp_path, monkeypatch):
    """Coloured images of another size, found, loaded and described."""
    from aigc_helpers.data import sets

    (tmp_path / "tiny_faces.py").write_text(FACES)
    monkeypatch.setattr(sets, "__path__", [*sets.__path__, str(tmp_path)])
    monkeypatch.setattr(catalog, "SETS", tmp_path)
    catalog.datasets.cache_clear()
    assert list(catalog.datasets()) == ["tiny_faces"]
    faces = load("tiny_faces", split="test")
    assert faces.images.shape == (2, 3, 64, 48) and faces.images.dtype == torch.uint8
    assert faces.labels.tolist() == [0, 1] and faces.labels.dtype == torch.int64
    assert faces.describe() == "正在使用 Tiny Faces（2 张测试图像）。"
    with pytest.raises(ValueError, match="unknown data set 'mnist'; known: tiny_faces"):
        load_images("mnist")
    monkeypatch.delitem(sys.modules, "aigc_helpers.data.sets.tiny_faces")


@pytest.fixture
def add(monkeypatch):
    """Put an entry into the catalogue."""

    def put(dataset):
        monkeypatch.setitem(catalog.datasets(), dataset.name, dataset)

    return put


def absent(*_):
    raise DatasetUnavailable(catalog.SETS / "x", "offline", "no")


def test_each_kind_has_its_loader_and_its_own_names(add):
    add(TextData("songs", "歌", (), "CC0", "nobody", lambda root: (("啦",), ("哈",))))
    assert load("songs").train == ("啦",)
    assert load("songs").describe().startswith("正在使用歌：训练 1 段（1 字符）")
    assert load("songs").credit == "nobody, CC0"
    with pytest.raises(ValueError, match="'mnist'; known: .*idioms, .*tang, .*songs"):
        load_texts("mnist")
    with pytest.raises(ValueError, match="'tang'; known: .*digits, .*mnist"):
        load_images("tang")
    with pytest.raises(ValueError, match="unknown data set 'nothing'"):
        load("nothing")


def test_the_part_that_is_taken_is_named_when_it_is_there_and_when_not(add):
    add(
        ImageData(
            "a", "Alpha", (), "CC0", "nobody", lambda *_: both(), part="Alpha 的一半"
        )
    )
    add(ImageData("b", "字母表", (), "CC0", "nobody", absent, part="字母表的前十个"))

    def both():
        return np.zeros((3, 1, 28, 28), np.uint8), np.zeros(3, np.int64)

    assert load("a").describe() == "正在使用 Alpha 的一半（3 张训练图像）。"
    found = load("b", fallback="a")
    assert found.describe() == (
        "没有找到字母表的前十个，也无法下载（AIGC_OFFLINE 禁止联网），"
        "改用 Alpha 的一半（3 张训练图像）。"
    )
    with pytest.raises(DatasetUnavailable):
        load("b")


def test_files_lie_under_one_name_at_every_address():
    [file] = files_at(("https://a/", "https://b/"), {"x.gz": (3, "md5:00")})
    assert file == DataFile("x.gz", 3, "md5:00", ("https://a/x.gz", "https://b/x.gz"))


def test_listing_needs_no_torch():
    import subprocess

    script = (
        "import sys; from aigc_helpers.data import datasets; datasets(); "
        "assert not {'torch', 'sklearn', 'jieba'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
