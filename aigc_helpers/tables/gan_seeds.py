"""The two generators of chapter 05, trained anew from five seeds."""

import time

import torch

from aigc_helpers import gan, metrics, weights
from aigc_helpers.data import load_images
from aigc_helpers.pixels import one_hot
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

STEPS = {"plain": 1000, "conditional": 700}
N_SAMPLES = 5000  # on each side of the Frechet distance
N_DRAWN = 8000  # so that each class has enough to match the shares of the test set


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Train as the chapter does and judge 5,000 samples against 5,000 test images."""
    train = load_images("mnist")
    labels = train.labels if variant == "conditional" else None
    generator, discriminator = build(variant, seed)
    started = time.process_time()
    averaged, _ = gan.train_gan(
        generator, discriminator, train.images, labels, steps=STEPS[variant], seed=seed
    )
    seconds = time.process_time() - started
    return judge(averaged, variant) | {"cpu_seconds": round(seconds, 1)}


def build(variant: str, seed: int):
    """Generator and discriminator as they begin."""
    set_seed(seed)
    if variant == "conditional":
        return gan.ConditionalGenerator(), gan.ConditionalDiscriminator()
    return gan.Generator(), gan.Discriminator()


def judge(generator, variant: str) -> dict[str, float | None]:
    """Frechet distance, coverage, and accuracy where a class was asked for.

    The same noise, test images and classes for every run, those of the chapter.
    """
    classifier = weights.load("mnist_classifier")
    test = load_images("mnist", "test")
    chosen = torch.randperm(len(test), generator=set_seed(2))[:N_SAMPLES]
    z = torch.randn(N_DRAWN, generator.latent_dim, generator=set_seed(1))
    wanted = torch.arange(N_DRAWN) % 10
    y = one_hot(wanted) if variant == "conditional" else None
    samples = gan.sample_images(generator, z, y)
    classes = metrics.predict_classes(classifier, samples)
    made, real = (
        metrics.extract_features(classifier, images)
        for images in (samples, test.images[chosen] / 255)
    )
    matched = metrics.indices_with_shares(
        classes, metrics.class_shares(test.labels[chosen]), N_SAMPLES
    )
    first = classes[:N_SAMPLES]
    right = float((first == wanted[:N_SAMPLES]).float().mean())
    return {
        "frechet_distance": round(metrics.frechet_distance(made[:N_SAMPLES], real), 3),
        "at_test_shares": round(metrics.frechet_distance(made[matched], real), 3),
        "class_coverage": metrics.class_coverage(first),
        "rarest_share": round(float(metrics.class_shares(first).min()), 4),
        "label_accuracy": None if y is None else round(right, 4),
    }


TABLE = Table(
    name="gan_seeds",
    measure=measure,
    variants={"plain": "无条件，1,000 步", "conditional": "按数字生成，700 步"},
    columns={
        "frechet_distance": ("弗雷歇距离", ".2f"),
        "at_test_shares": ("弗雷歇距离：类别比例与测试集相同", ".2f"),
        "class_coverage": ("覆盖的类", ".0f"),
        "rarest_share": ("最少一类的占比", ".1%"),
        "label_accuracy": ("标签正确率", ".1%"),
        "cpu_seconds": ("CPU 秒", ".0f"),
    },
    seeds=(0, 1, 2, 3, 4),
    data="mnist",
    networks=("mnist_classifier",),
    times=("cpu_seconds",),
)
