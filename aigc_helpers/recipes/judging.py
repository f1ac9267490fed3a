"""Figures of networks that draw or read MNIST, as a card holds them."""

import torch
import torch.nn.functional as F

from aigc_helpers import data, metrics, weights

N_SAMPLES = 10_000  # as many as MNIST has test images
N_RESAMPLES = 400  # of the intervals, all of 95 %
NETWORKS = ("mnist_classifier",)  # shipped ones that judge
FIGURES = {
    "frechet_distance": "弗雷歇距离",
    "frechet_floor": "弗雷歇距离的下限（另一批真图）",
    "precision": "精度（样本像不像真图）",
    "recall": "召回（真图画得全不全）",
    "class_coverage": "覆盖的类别数",
    "rarest_class_share": "最少一类的占比",
    "label_accuracy": "与要求的类别一致",
    "copying_excess": "抄袭的超出份额（0 为没有抄，1 为全是抄的）",
    "copying_p_value": "没有抄袭时这样偏的概率（p 值）",
    "copying_floor": "超出份额的对照（取出来的训练图）",
}


def image_shape() -> list[int]:
    """(C, H, W) of the images that are judged."""
    return list(data.find_dataset("mnist").shape)


def wanted_classes(n: int, n_classes: int, label: int | None = None):
    """Classes (n,) to ask for: ``label``, or each in turn; None if there are none."""
    if not n_classes:
        return None
    return torch.arange(n) % n_classes if label is None else torch.full((n,), label)


def judge_samples(samples, labels=None) -> dict:
    """Metrics of samples (N_SAMPLES, 1, 28, 28) in [0, 1] against MNIST.

    10,000 samples against the 10,000 test images; for the floors, the first 10,000
    training images stand in the place of the samples. ``labels`` are the classes that
    were asked for. ``NAME_interval`` is the interval of 95 % of the figure ``NAME``;
    see `aigc_helpers.metrics` for what each is.
    """
    classifier = weights.load(*NETWORKS)
    test, train = data.load_images("mnist", "test"), data.load_images("mnist")
    other = train.images[:N_SAMPLES] / 255
    classes = metrics.predict_classes(classifier, samples)
    results = {
        **_likeness(classifier, samples, other, test.images / 255),
        **_classes_there(classes),
        **_copying(samples, train.images, test.images),
    }
    if labels is not None:
        results |= share_of("label_accuracy", classes == labels)
    return results


def _likeness(classifier, samples, other, real) -> dict:
    """Frechet distance, its floor, precision and recall in a classifier's features."""
    drawn, floor, goal = (
        metrics.extract_features(classifier, images)
        for images in (samples, other, real)
    )
    shares = metrics.precision_recall(goal, drawn, n_resamples=N_RESAMPLES)
    return {
        **_distance("frechet_distance", drawn, goal),
        **_distance("frechet_floor", floor, goal),
        **with_interval("precision", shares.precision, shares.precision_interval, 4),
        **with_interval("recall", shares.recall, shares.recall_interval, 4),
    }


def _distance(name: str, features, real) -> dict:
    """A Frechet distance and its interval."""
    interval = metrics.bootstrap_interval(
        metrics.frechet_distance,
        features,
        real,
        n_resamples=N_RESAMPLES,
        bounds=(0, torch.inf),
    )
    return with_interval(name, metrics.frechet_distance(features, real), interval, 3)


def _classes_there(classes) -> dict:
    """How many classes are covered, and how rare the rarest is."""

    def rarest_share(classes):
        return float(metrics.class_shares(classes).min())

    interval = metrics.bootstrap_interval(
        rarest_share, classes, n_resamples=N_RESAMPLES, bounds=(0, 1)
    )
    rarest = with_interval("rarest_class_share", rarest_share(classes), interval, 4)
    return {"class_coverage": metrics.class_coverage(classes), **rarest}


def _copying(samples, train, test) -> dict:
    """Copying test on pixels averaged in blocks of 2 x 2, and its floor.

    The blocks take a quarter of the time and let a copy be off by half a pixel. The
    floor is that of training images which are taken out: MNIST's test images come from
    other writers.
    """
    train, test = F.avg_pool2d(train / 255, 2), F.avg_pool2d(test / 255, 2)
    copies = metrics.copying_test(F.avg_pool2d(samples, 2), train, test)
    floor = metrics.copying_test(train[:N_SAMPLES], train[N_SAMPLES:], test)
    return {
        **with_interval("copying_excess", copies.excess, copies.interval, 3),
        "copying_p_value": round(copies.p_value, 3),
        **with_interval("copying_floor", floor.excess, floor.interval, 3),
    }


def share_of(name: str, right) -> dict:
    """A share of right answers (N,) and its interval."""
    count = int(right.sum())
    interval = metrics.wilson_interval(count, len(right))
    return with_interval(name, count / len(right), interval, 4)


def mean_of(name: str, values, digits: int) -> dict:
    """The mean of values (N,), one for each image, and its interval."""
    interval = metrics.bootstrap_interval(
        lambda values: values.mean(), values, n_resamples=N_RESAMPLES
    )
    return with_interval(name, float(values.mean()), interval, digits)


def with_interval(name: str, value: float, interval, digits: int) -> dict:
    """A figure and its interval as a card holds them."""
    ends = [round(end, digits) for end in interval]
    return {name: round(value, digits), f"{name}_interval": ends}
