"""MNIST: 70,000 handwritten digits."""

from aigc_helpers.data import idx
from aigc_helpers.data.catalog import ImageData, files_at

DATASET = ImageData(
    name="mnist",
    title="MNIST",
    files=files_at(
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        {
            idx.TRAIN_IMAGES: (
                9_912_422,
                "sha256:"
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            idx.TRAIN_LABELS: (
                28_881,
                "sha256:"
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
            idx.TEST_IMAGES: (
                1_648_877,
                "sha256:"
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            ),
            idx.TEST_LABELS: (
                4_542,
                "sha256:"
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        },
    ),
    licence="no licence text by the authors; usually cited as CC BY-SA 3.0",
    credit="Y. LeCun, C. Cortes, C. Burges",
    read=idx.read,
    stand_in="digits",
    shape=(1, 28, 28),
    n_classes=10,
)
