"""Photographs of faces, what stands in for them, and two photographs in colour."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from damage import damaged, no_hang
from faulty_server import FaultyServer, running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from aigc_helpers.data import catalog, load_images
from aigc_helpers.data.catalog import DataFile, Edition, find_dataset
from aigc_helpers.data.download import DatasetUnavailable, data_dir, find_fault
from aigc_helpers.data.sets.faces import read_faces

RNG = np.random.default_rng(0)
FACES = RNG.integers(0, 256, (400, 64, 64), dtype=np.uint8)  # upright
FACES[0, 0, :2] = 0, 255  # both ends of the range are there


def as_stored(faces: np.ndarray) -> np.ndarray:
    """Pixels (4096, 400) as MATLAB has them: a face a column, down its columns."""
    return np.stack([face.flatten(order="F") for face in faces], axis=1)


def mat_bytes(folder, compressed: bool = True, **variables) -> bytes:
    """A MATLAB file, in the form of the real one."""
    path = folder / "written.mat"
    savemat(path, variables, do_compression=compressed)
    return path.read_bytes()


@pytest.fixture
def tiny_faces(monkeypatch, tmp_path):
    """A server with a file of noise in the catalogue's place of the faces."""
    for name in ("AIGC_DATA_DIR", "AIGC_MIRROR", "AIGC_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def publish(content: bytes | None = None, behaviour: str = "good", also=()):
        content = content or mat_bytes(tmp_path, faces=as_stored(FACES))
        server.files["olivettifaces.mat"] = content
        checksum = "sha256:" + hashlib.sha256(content).hexdigest()
        urls = (server.url(behaviour, "olivettifaces.mat"),)
        file = DataFile("olivettifaces.mat", None, checksum, urls, also=also)
        dataset = replace(find_dataset("faces"), files=(file,))
        monkeypatch.setitem(catalog.datasets(), "faces", dataset)
        return server

    with running(FaultyServer()) as server:
        yield publish


def test_faces_are_upright_in_order_and_of_the_people_that_they_show(
    tiny_faces, tmp_path
):
    server = tiny_faces()
    train = load_images("faces", root=tmp_path)
    test = load_images("faces", "test", root=tmp_path)
    assert len(server.requests) == 1
    assert train.images.shape == (300, 1, 64, 64) and train.images.dtype == torch.uint8
    np.testing.assert_array_equal(train.images[:, 0], FACES[:300])
    np.testing.assert_array_equal(test.images[:, 0], FACES[300:])
    assert train.labels.tolist() == [i // 10 for i in range(300)]
    assert test.labels.tolist() == [i // 10 for i in range(300, 400)]
    assert train.labels.dtype == torch.int64
    assert train.describe() == "正在使用 Olivetti 人脸照片（300 张训练图像）。"
    assert train.edition == ""


@pytest.mark.parametrize("number", [np.float64, np.float32, np.uint16, np.int16])
@pytest.mark.parametrize("compressed", [True, False])
def test_whole_numbers_of_any_type_are_read(number, compressed, tmp_path):
    stored = as_stored(FACES).astype(number)
    content = mat_bytes(tmp_path, compressed, faces=stored, people=np.arange(400))
    (tmp_path / "faces.mat").write_bytes(content)
    found = read_faces(tmp_path / "faces.mat")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, FACES)


def test_another_edition_is_loaded_and_says_so(tiny_faces, tmp_path):
    other = mat_bytes(tmp_path, faces=as_stored(255 - FACES))
    checksum = "sha256:" + hashlib.sha256(other).hexdigest()
    server = tiny_faces(also=(Edition(checksum, "的另一个版本，像素略有不同"),))
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "olivettifaces.mat").write_bytes(other)
    found = load_images("faces", "test", root=tmp_path)
    np.testing.assert_array_equal(found.images[:, 0], 255 - FACES[300:])
    assert found.edition == "的另一个版本，像素略有不同"
    assert found.describe() == (
        "正在使用 Olivetti 人脸照片的另一个版本，像素略有不同（100 张测试图像）。"
    )
    assert not server.requests


def test_without_the_file_digits_stand_in(tiny_faces, tmp_path):
    tiny_faces(behaviour="missing")
    found = load_images("faces", fallback="digit_people", root=tmp_path)
    assert (found.name, found.wanted, found.edition) == ("digit_people", "faces", "")
    assert found.describe().startswith("没有找到 Olivetti 人脸照片，也无法下载")


# What is wrong with a file ------------------------------------------------------------


def with_value(value) -> np.ndarray:
    """The faces as numbers of this type, one pixel of which has this value."""
    stored = as_stored(FACES).astype(type(value))
    stored[7, 9] = value
    return stored


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"people": as_stored(FACES)}, "there is no variable 'faces'"),
        ({"faces": as_stored(FACES).T}, r"shape \(400, 4096\) instead of \(4096, 400"),
        ({"faces": as_stored(FACES)[:, 1:]}, r"shape \(4096, 399\)"),
        ({"faces": FACES}, r"shape \(400, 64, 64\)"),
        ({"faces": with_value(256.0)}, "not whole numbers in 0..255"),
        ({"faces": with_value(-1)}, "not whole numbers in 0..255"),
        ({"faces": with_value(0.5)}, "not whole numbers in 0..255"),
        ({"faces": with_value(np.nan)}, "not whole numbers in 0..255"),
        ({"faces": with_value(1j)}, "not whole numbers in 0..255"),
        ({"faces": "a text"}, r"shape \(1,\) instead"),
    ],
)
def test_a_file_of_something_else_is_named_with_its_fault(
    variables, words, tiny_faces, tmp_path
):
    tiny_faces(mat_bytes(tmp_path, **variables))
    with pytest.raises(ValueError, match=f"olivettifaces.mat: .*{words}"):
        load_images("faces", root=tmp_path)


@pytest.mark.parametrize("end", [0, 3, 100, 200, 100_000, -1])
def test_a_truncated_file_is_no_whole_matlab_file(end, tmp_path):
    path = tmp_path / "faces.mat"
    path.write_bytes(mat_bytes(tmp_path, faces=as_stored(FACES))[:end])
    with pytest.raises(ValueError, match="faces.mat: (not a whole|there is no)"):
        read_faces(path)


def test_a_file_with_a_wrong_checksum_is_not_opened(tiny_faces, tmp_path, monkeypatch):
    tiny_faces()
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    (tmp_path / "faces").mkdir()
    path = tmp_path / "faces" / "olivettifaces.mat"
    path.write_bytes(mat_bytes(tmp_path, faces=as_stored(255 - FACES)))
    with pytest.raises(DatasetUnavailable, match="its SHA256 is"):
        load_images("faces", root=tmp_path)


@given(data=st.data())
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_a_damaged_file_gives_the_same_pictures_or_an_error(
    data, tiny_faces, tmp_path, monkeypatch
):
    """It is refused before scipy opens it, whose reader may crash at such bytes."""
    [content] = tiny_faces().files.values()
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    (tmp_path / "faces").mkdir(exist_ok=True)
    path = tmp_path / "faces" / "olivettifaces.mat"
    path.write_bytes(data.draw(damaged(content)))
    with no_hang():
        try:
            found = load_images("faces", root=tmp_path)
        except DatasetUnavailable as error:
            assert path.read_bytes() != content and "SHA256" in str(error)
        else:
            np.testing.assert_array_equal(found.images[:, 0], FACES[:300])


# Digits in the place of people --------------------------------------------------------


def originals(images: torch.Tensor) -> torch.Tensor:
    """The digits (N, 8, 8) of scikit-learn that enlarged ones (N, 1, 64, 64) show."""
    from sklearn.datasets import load_digits

    from aigc_helpers.data.enlargement import enlarge

    small = torch.from_numpy(load_digits().images).float() / 16
    every = {image.numpy().tobytes(): i for i, image in enumerate(enlarge(small, 64))}
    return torch.tensor([every[image.numpy().tobytes()] for image in images])


def test_forty_groups_of_one_digit_each_and_no_picture_twice():
    from sklearn.datasets import load_digits

    train, test = load_images("digit_people"), load_images("digit_people", "test")
    assert train.labels.tolist() == [i // 10 for i in range(300)]
    assert test.labels.tolist() == [i // 10 for i in range(300, 400)]
    shown = originals(torch.cat([train.images, test.images]))
    assert len(shown.unique()) == 400
    digits = torch.from_numpy(load_digits().target)[shown]
    assert digits.tolist() == [i // 10 % 10 for i in range(400)]


def test_larger_digits_are_those_of_28_pixels_seen_larger():
    from sklearn.datasets import load_digits

    from aigc_helpers.data.enlargement import enlarge

    small = torch.from_numpy(load_digits().images[:200]).float() / 16
    large, usual = enlarge(small, 64).double() / 255, enlarge(small).double() / 255
    assert large.shape == (200, 1, 64, 64)
    assert large.mean() == pytest.approx(usual.mean().item(), rel=0.02)
    shrunk = torch.nn.functional.interpolate(large, (28, 28), mode="area")
    pairs = torch.stack([shrunk.flatten(1), usual.flatten(1)])
    likeness = torch.nn.functional.cosine_similarity(*pairs, dim=1)
    assert likeness.min() > 0.9
    at = torch.arange(64, dtype=torch.float64)
    for axis in (2, 3):
        centre = (large.sum(axis)[:, 0] @ at) / large.sum((1, 2, 3))
        assert (centre - 31.5).abs().max() <= 0.51
    for lines in (large[:, 0], large[:, 0].transpose(1, 2)):  # nothing is wrapped
        assert not (lines[:, 0].any(1) & lines[:, -1].any(1)).any()


# Two photographs ----------------------------------------------------------------------


def test_photographs_are_the_temple_and_the_flower_in_colour():
    train, test = load_images("photographs"), load_images("photographs", "test")
    assert (train.labels.tolist(), test.labels.tolist()) == ([0], [1])
    for found in (train, test):
        assert found.images.shape == (1, 3, 427, 640)
        assert found.images.dtype == torch.uint8
    sky = train.images[0, :, :60].double().mean((1, 2))  # red, green, blue
    assert sky[2] > sky[1] > sky[0] > 150, "a pale blue sky is above"
    flower = test.images[0, :, 150:300, 200:400].double().mean((1, 2))
    assert flower[0] > flower[1] > flower[2] + 30, "petals from yellow to red"


@pytest.mark.parametrize("name", ["digits", "digit_people", "photographs"])
def test_no_test_image_is_among_the_training_images(name):
    train, test = load_images(name), load_images(name, "test")
    seen = {image.numpy().tobytes() for image in train.images}
    assert not [
        i for i, image in enumerate(test.images) if image.numpy().tobytes() in seen
    ]


# The real file, or the edition that lies here -----------------------------------------


def test_real_faces_look_like_faces():
    [file] = find_dataset("faces").files
    path = data_dir() / "faces" / file.name
    if not path.exists():
        pytest.skip("the faces are not in the data folder; tests download nothing")
    assert find_fault(path, file) is None
    train, test = load_images("faces"), load_images("faces", "test")
    images = torch.cat([train.images, test.images])[:, 0].double()  # (400, 64, 64)
    assert len({image.numpy().tobytes() for image in images}) == 400
    rows = images[:, :, 18:46].mean((0, 2))  # from hair to chin, (64,)
    eyes = 20 + rows[20:36].argmin().item()
    assert 25 <= eyes < 32, "the dark band of the eyes is above the middle"
    assert rows[:eyes].max() > rows[eyes] + 15 < rows[eyes : eyes + 15].max()
    features = images.flatten(1)  # (400, 4096)
    apart = torch.cdist(features, features) + 1e9 * torch.eye(400)
    people = torch.cat([train.labels, test.labels])
    assert (people[apart.argmin(1)] == people).double().mean() > 0.9
