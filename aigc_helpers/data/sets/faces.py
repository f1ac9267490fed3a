"""The Olivetti faces: 400 photographs of 40 people, ten of each."""

from pathlib import Path

import numpy as np

from aigc_helpers.data.catalog import DataFile, Edition, ImageData
from aigc_helpers.data.download import fetch

SIDE, N_PEOPLE, N_EACH = 64, 40, 10
N_TRAIN = 30  # people


def read(dataset: ImageData, split: str, root=None) -> tuple[np.ndarray, np.ndarray]:
    """Photographs, uint8 (N, 1, 64, 64), and whom they show, (N,).

    Training: the people 0 to 29, 300 photographs. Test: 30 to 39, of whom training has
    none. Photographs of F. S. Samaria and A. C. Harter, "Parameterisation of a
    Stochastic Model for Human Face Identification" (IEEE Workshop on Applications of
    Computer Vision, 1994), in the selection and crop of S. Roweis.

    Raises
    ------
    DatasetUnavailable
        If the file is neither here nor to be had.
    ValueError
        If the file is not what it should be.
    """
    faces = read_faces(fetch(dataset.name, dataset.files[0].name, root=root))
    people = np.arange(len(faces)) // N_EACH
    chosen = (people < N_TRAIN) == (split == "train")
    return faces[chosen][:, None], people[chosen]  # (N, 1, 64, 64), (N,)


def read_faces(path: str | Path) -> np.ndarray:
    """All photographs of a MATLAB file, uint8 (400, 64, 64), upright.

    Its variable ``faces`` has a photograph in each column, pixel after pixel down the
    columns of the photograph: whole numbers in 0..255 of any type. The checksum of the
    file must have been found right before.

    Raises
    ------
    ValueError
        Names the file and what is wrong with it.
    """
    values = _read_variable(path, "faces")
    shape = (SIDE * SIDE, N_PEOPLE * N_EACH)
    if values.shape != shape:
        raise ValueError(f"{path}: shape {values.shape} instead of {shape}")
    if not _are_bytes(values):
        raise ValueError(f"{path}: values are not whole numbers in 0..255")
    columns_first = values.T.astype(np.uint8).reshape(-1, SIDE, SIDE)  # (400, 64, 64)
    return columns_first.transpose(0, 2, 1)


def _are_bytes(values: np.ndarray) -> bool:
    """Are all whole numbers in 0..255?"""
    if not np.issubdtype(values.dtype, np.number) or np.iscomplexobj(values):
        return False
    low, high = values.min(), values.max()  # NaN if there is one
    return bool(low >= 0 and high <= 255 and (values == np.floor(values)).all())


def _read_variable(path: str | Path, name: str) -> np.ndarray:
    """One array of a MATLAB file, which has to be the right one.

    Of the file nothing is run, but at some damages scipy's reader (1.17) ends Python:
    only what has the right checksum may come here.
    """
    from scipy.io import loadmat  # slow to import, seldom needed

    try:
        found = loadmat(path, variable_names=[name])
    except Exception as error:  # scipy does not say which it raises at damaged bytes
        raise ValueError(f"{path}: not a whole MATLAB file ({error})") from error
    if name not in found:
        raise ValueError(f"{path}: there is no variable {name!r}")
    return np.asarray(found[name])


DATASET = ImageData(
    name="faces",
    title="Olivetti 人脸照片",
    files=(
        DataFile(
            "olivettifaces.mat",
            None,  # about 4 MB are spoken of
            "sha256:b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
            (
                "https://ndownloader.figshare.com/files/5976027",
                "https://cs.nyu.edu/~roweis/data/olivettifaces.mat",
            ),
            also=(
                Edition(
                    "sha256:"
                    "d6adb6eda2d8dd0b3feeb8974b4fb2c76577b0b8dca680109989f21c67a16b20",
                    "的另一个版本，像素略有不同",
                ),
            ),
        ),
    ),
    licence="no licence text; AT&T Laboratories Cambridge ask to be credited",
    credit="AT&T Laboratories Cambridge (F. S. Samaria, A. C. Harter)",
    read=read,
    stand_in="digit_people",
    shape=(1, SIDE, SIDE),
    n_classes=N_PEOPLE,
)
