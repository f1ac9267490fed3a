"""Image files become tensors, or an error that names the file."""

import gzip
import hashlib
import re
import struct
from dataclasses import replace

import numpy as np
import pytest
import torch
from faulty_server import FaultyServer, running

from aigc_helpers.data import catalog
from aigc_helpers.data.catalog import DataFile, find_dataset
from aigc_helpers.data.download import DatasetUnavailable, data_dir, find_fault
from aigc_helpers.data.idx import FILES, read_idx
from aigc_helpers.data.images import load_images

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 28, 28), dtype=np.uint8)
LABELS = np.array([3, 1, 4, 1, 5, 9], dtype=np.uint8)


def idx_bytes(array: np.ndarray, *, magic=None, sizes=None, extra=b"") -> bytes:
    magic = magic or bytes([0, 0, 8, array.ndim])
    sizes = sizes or array.shape
    header = magic + struct.pack(f">{len(sizes)}I", *sizes)
    return gzip.compress(header + array.tobytes() + extra, mtime=0)


@pytest.fixture
def tiny_mnist(monkeypatch):
    """A server with six images under the names of MNIST, in the catalogue's place."""
    for name in ("AIGC_DATA_DIR", "AIGC_MIRROR", "AIGC_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def publish(images=IMAGES, labels=LABELS, behaviour="good"):
        for names in FILES.values():
            for name, array in zip(names, (images, labels), strict=True):
                server.files[name] = idx_bytes(array)
        files = [
            DataFile(
                name,
                len(content),
                "sha256:" + hashlib.sha256(content).hexdigest(),
                (server.url(behaviour, name),),
            )
            for name, content in server.files.items()
        ]
        dataset = replace(find_dataset("mnist"), files=tuple(files))
        monkeypatch.setitem(catalog.datasets(), "mnist", dataset)
        return server

    with running(FaultyServer()) as server:
        yield publish


@pytest.mark.parametrize("split", ["train", "test"])
def test_images_keep_their_values_order_and_labels(split, tiny_mnist, tmp_path):
    server = tiny_mnist()
    data = load_images("mnist", split, root=tmp_path)
    assert (data.name, data.split, len(data)) == ("mnist", split, 6)
    assert data.images.dtype == torch.uint8 and data.labels.dtype == torch.int64
    assert data.images.shape == (6, 1, 28, 28)
    np.testing.assert_array_equal(data.images[:, 0], IMAGES)
    assert data.labels.tolist() == [3, 1, 4, 1, 5, 9]
    prefix = {"train": "train", "test": "t10k"}[split]
    assert all(f"/{prefix}-" in path for path, _ in server.requests)
    load_images("mnist", split, root=tmp_path)
    assert len(server.requests) == 2, "the second time needs no download"
    wanted = {"train": "训练", "test": "测试"}[split]
    assert data.describe() == f"正在使用 MNIST（6 张{wanted}图像）。"


def test_the_fall_back_says_what_it_is_and_why(tiny_mnist, tmp_path, capsys):
    tiny_mnist(behaviour="missing")
    data = load_images("mnist", "test", fallback="digits", root=tmp_path)
    assert (data.name, data.wanted, len(data)) == ("digits", "mnist", 297)
    sentence = data.describe()
    for words in ("没有找到 MNIST", "所有地址", "改用 scikit-learn", "297 张测试"):
        assert words in sentence
    assert "HTTP 404" in str(data.unavailable)
    assert capsys.readouterr() == ("", "")


def test_without_a_fall_back_the_error_is_raised(tiny_mnist, tmp_path, monkeypatch):
    tiny_mnist()
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    with pytest.raises(DatasetUnavailable, match="train-images-idx3-ubyte"):
        load_images("mnist", root=tmp_path)
    data = load_images("mnist", fallback="digits", root=tmp_path)
    assert "AIGC_OFFLINE" in data.describe()


def test_a_file_changed_on_disk_is_not_used(tiny_mnist, tmp_path, monkeypatch):
    tiny_mnist()
    load_images("mnist", root=tmp_path)
    path = tmp_path / "mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(idx_bytes(255 - IMAGES))
    data = load_images("mnist", root=tmp_path)
    np.testing.assert_array_equal(data.images[:, 0], IMAGES)


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (IMAGES[:, :27], LABELS, r"train-images.*\(6, 27, 28\)"),
        (IMAGES, LABELS[:5], r"train-labels.*\(5,\) for 6 images"),
        (IMAGES, LABELS + 1, "train-labels.*label 10"),
    ],
)
def test_images_and_labels_must_fit(images, labels, words, tiny_mnist, tmp_path):
    tiny_mnist(images, labels)
    with pytest.raises(ValueError, match=words):
        load_images("mnist", root=tmp_path)


def test_unknown_names_list_the_known_ones():
    with pytest.raises(ValueError, match="known: .*digits, .*fashion_mnist, .*mnist"):
        load_images("cifar")
    with pytest.raises(ValueError, match="'valid'; known: train, test"):
        load_images("mnist", "valid")
    with pytest.raises(ValueError, match="None or one of 'digits'.*; got 'mnist'"):
        load_images("digits", fallback="mnist")


@pytest.mark.parametrize("shape", [(5,), (2, 3), (4, 28, 28), (0, 28, 28)])
def test_idx_files_are_read_as_they_were_written(shape, tmp_path):
    array = RNG.integers(0, 256, shape, dtype=np.uint8)
    (tmp_path / "a.gz").write_bytes(idx_bytes(array))
    found = read_idx(tmp_path / "a.gz")
    assert found.shape == shape and found.dtype == np.uint8
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (idx_bytes(LABELS, extra=b"x"), "bytes after the last of 6 values"),
        (idx_bytes(LABELS, sizes=(7,)), "6 values instead of 7"),
        (idx_bytes(LABELS, sizes=(2**32 - 1,)), "6 values instead of 4,294,967,295"),
        (idx_bytes(LABELS, magic=b"\0\0\x0d\1"), "not an IDX file of bytes"),
        (idx_bytes(LABELS, magic=b"\0\0\x08\0"), "not an IDX file of bytes"),
        (idx_bytes(LABELS, magic=b"\1\0\x08\1"), "not an IDX file of bytes"),
        (gzip.compress(b"\0\0", mtime=0), "not an IDX file of bytes"),
        (gzip.compress(b"\0\0\x08\3" + bytes(5), mtime=0), "ends within its header"),
        (idx_bytes(IMAGES)[:-20], "not a whole gzip file"),
        (idx_bytes(IMAGES)[:200] + b"?" * 9 + idx_bytes(IMAGES)[209:], "not a whole"),
        (idx_bytes(IMAGES)[:10] + b"\xff" * 50, "not a whole gzip file"),
        (b"<html>", "not a whole gzip file"),
    ],
)
def test_a_wrong_idx_file_is_named_with_its_fault(content, words, tmp_path):
    path = tmp_path / "some-file.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(str(path)) + ".*" + words):
        read_idx(path)


# The digits that need no download -----------------------------------------------------


def test_digits_are_all_there_in_two_fixed_parts():
    from sklearn.datasets import load_digits

    train, test = load_images("digits"), load_images("digits", "test")
    assert (len(train), len(test)) == (1500, 297)
    labels = torch.cat([train.labels, test.labels])
    assert labels.tolist() == load_digits().target.tolist()
    assert train.images.shape == (1500, 1, 28, 28)
    assert train.images.dtype == torch.uint8 and train.labels.dtype == torch.int64
    assert torch.equal(train.images, load_images("digits").images)
    assert "1,500 张训练图像" in train.describe()


def test_digits_have_the_size_place_and_contrast_of_mnist():
    images = load_images("digits").images[:, 0].double() / 255  # (N, 28, 28)
    assert images.mean().item() == pytest.approx(0.131, abs=0.01)
    assert images.std().item() == pytest.approx(0.308, abs=0.01)
    assert (images.amax((1, 2)) > 0.95).all(), "strokes are bright"
    for lines in (images, images.transpose(1, 2)):  # no stroke is wrapped around
        assert not (lines[:, 0].any(1) & lines[:, -1].any(1)).any()
    at = torch.arange(28, dtype=torch.float64)
    for axis in (1, 2):
        centre = images.sum(axis) @ at / images.sum((1, 2))
        assert (centre - 13.5).abs().max() <= 0.51
        seen = images.amax(axis) > 0.1
        extent = seen.sum(1)
        assert extent.max() <= 22
    assert extent.float().mean() == pytest.approx(20, abs=1), "height of the digits"


def plain_copy(small: np.ndarray) -> np.ndarray:
    """A digit (8, 8) in blocks of 2.5 pixels, its centre of mass in the middle."""
    large = np.kron(small, np.ones((5, 5))).reshape(20, 2, 20, 2).mean((1, 3))
    frame, at = np.zeros((28, 28)), np.arange(20)
    y, x = (round(13.5 - large.sum(axis) @ at / large.sum()) for axis in (1, 0))
    y, x = min(max(y, 0), 8), min(max(x, 0), 8)
    frame[y : y + 20, x : x + 20] = large
    return frame


def test_enlarged_digits_still_show_their_originals():
    from sklearn.datasets import load_digits

    ours = load_images("digits", "test").images[:, 0].double()
    plain = np.stack([plain_copy(small) for small in load_digits().images[1500:]])
    plain = torch.from_numpy(plain)

    def likeness(a, b):
        a, b = (x.flatten(1) - x.mean((1, 2))[:, None] for x in (a, b))
        return torch.nn.functional.cosine_similarity(a, b, dim=1)

    own = likeness(ours, plain)
    assert own.min() > 0.75
    others = (plain.roll(1, 0), plain.flip(2), plain.flip(1), plain.transpose(1, 2))
    for other in others:  # in order, not mirrored, upright
        assert (likeness(ours, other) < own).double().mean() > 0.9


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_real_images_are_those_of_the_catalogue(name):
    dataset = find_dataset(name)
    paths = [(data_dir() / name / file.name, file) for file in dataset.files]
    if not all(path.exists() for path, _ in paths):
        pytest.skip(f"{name} is not in the data folder; nothing is downloaded in tests")
    assert all(find_fault(path, file) is None for path, file in paths)
    train, test = load_images(name), load_images(name, "test")
    assert (len(train), len(test)) == (60_000, 10_000)
    assert (train.labels.bincount() > 5000).all()
    if name == "mnist":
        assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        assert train.images.double().mean().item() / 255 == pytest.approx(0.1307, 1e-3)
