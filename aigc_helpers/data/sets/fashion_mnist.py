"""Fashion-MNIST: 70,000 pieces of clothing, in the form of MNIST."""

from aigc_helpers.data import idx
from aigc_helpers.data.catalog import ImageData, files_at

# The origin publishes MD5 only. The revision is the last one of the repository.
DATASET = ImageData(
    name="fashion_mnist",
    title="Fashion-MNIST",
    files=files_at(
        (
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
            "b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        {
            idx.TRAIN_IMAGES: (26_421_880, "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            idx.TRAIN_LABELS: (29_515, "md5:25c81989df183df01b3e8a0aad5dffbe"),
            idx.TEST_IMAGES: (4_422_102, "md5:bef4ecab320f06d8554ea6380940ec79"),
            idx.TEST_LABELS: (5_148, "md5:bb300cfdad3c16e7a12a480ee83cd310"),
        },
    ),
    licence="MIT",
    credit="Zalando Research (H. Xiao, K. Rasul, R. Vollgraf)",
    read=idx.read,
    stand_in="digits",
    shape=(1, 28, 28),
    n_classes=10,
)
