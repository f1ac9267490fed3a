"""Which data sets exist: files, sizes, checksums, addresses, licence, credit.

A new data set is one more entry of ``DATASETS``. Addresses never point to a branch;
the checksum decides what a file is, wherever it comes from.
"""

from dataclasses import dataclass

from aigc_helpers.data.tang_files import FOLDER, REVISION, TANG_FILES


@dataclass(frozen=True)
class DataFile:
    """One file, the same bytes at every address.

    ``checksum`` is ``"sha256:…"``, or ``"md5:…"`` where the origin publishes only that.
    """

    name: str
    size: int  # bytes
    checksum: str
    urls: tuple[str, ...]  # asked in this order


@dataclass(frozen=True)
class DataSet:
    """A data set and what must be said about it."""

    name: str
    title: str
    files: tuple[DataFile, ...]
    licence: str
    credit: str
    stand_in: str = "自带的手写数字"  # what chapters take without it, for the reader

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    def file(self, name: str) -> DataFile:
        """The file called ``name``; a ValueError lists those that exist."""
        for file in self.files:
            if file.name == name:
                return file
        known = ", ".join(file.name for file in self.files)
        raise ValueError(f"{self.name} has no file {name!r}; it has: {known}")


TRAIN_IMAGES = "train-images-idx3-ubyte.gz"
TRAIN_LABELS = "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"
TEST_LABELS = "t10k-labels-idx1-ubyte.gz"


def _files(bases: tuple[str, ...], facts: dict[str, tuple[int, str]]):
    """Files that lie under the same name at every base address."""
    return tuple(
        DataFile(name, size, checksum, tuple(base + name for base in bases))
        for name, (size, checksum) in facts.items()
    )


MNIST = DataSet(
    name="mnist",
    title="MNIST",
    files=_files(
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        {
            TRAIN_IMAGES: (
                9_912_422,
                "sha256:"
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            TRAIN_LABELS: (
                28_881,
                "sha256:"
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
            TEST_IMAGES: (
                1_648_877,
                "sha256:"
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            ),
            TEST_LABELS: (
                4_542,
                "sha256:"
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        },
    ),
    licence="no licence text by the authors; usually cited as CC BY-SA 3.0",
    credit="Y. LeCun, C. Cortes, C. Burges",
)

# The origin publishes MD5 only. The revision is the last one of the repository.
FASHION_MNIST = DataSet(
    name="fashion_mnist",
    title="Fashion-MNIST",
    files=_files(
        (
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
            "b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        {
            TRAIN_IMAGES: (26_421_880, "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            TRAIN_LABELS: (29_515, "md5:25c81989df183df01b3e8a0aad5dffbe"),
            TEST_IMAGES: (4_422_102, "md5:bef4ecab320f06d8554ea6380940ec79"),
            TEST_LABELS: (5_148, "md5:bb300cfdad3c16e7a12a480ee83cd310"),
        },
    ),
    licence="MIT",
    credit="Zalando Research (H. Xiao, K. Rasul, R. Vollgraf)",
)

TANG = DataSet(
    name="tang",
    title="《全唐诗》",
    files=_files(
        (
            "https://raw.githubusercontent.com/chinese-poetry/chinese-poetry/"
            f"{REVISION}/{FOLDER}/",
            "https://cdn.jsdelivr.net/gh/chinese-poetry/chinese-poetry@"
            f"{REVISION}/{FOLDER}/",
        ),
        {
            f"poet.tang.{number}.json": (size, f"sha256:{digest}")
            for number, size, digest in TANG_FILES
        },
    ),
    licence="MIT (the collection); the poems are in the public domain",
    credit="chinese-poetry/chinese-poetry",
    stand_in="jieba 词典里的成语",
)

SHAKESPEARE = DataSet(
    name="shakespeare",
    title="Tiny Shakespeare",
    files=_files(
        (
            "https://raw.githubusercontent.com/karpathy/char-rnn/"
            "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/",
            "https://cdn.jsdelivr.net/gh/karpathy/char-rnn@"
            "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/",
        ),
        {
            "input.txt": (
                1_115_394,
                "sha256:"
                "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            ),
        },
    ),
    licence="public domain (the plays)",
    credit="W. Shakespeare; compiled by A. Karpathy",
    stand_in="Python 标准库的源代码",
)

DATASETS = {
    dataset.name: dataset for dataset in (MNIST, FASHION_MNIST, TANG, SHAKESPEARE)
}


def find_dataset(name: str) -> DataSet:
    """The data set called ``name``; a ValueError lists those that exist."""
    if name not in DATASETS:
        raise ValueError(f"unknown data set {name!r}; known: {', '.join(DATASETS)}")
    return DATASETS[name]
