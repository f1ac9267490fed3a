"""Small and noisy faces of people whom nobody has seen: chapter 08, three seeds."""

from functools import partial

import torch
import torch.nn.functional as F

from aigc_helpers import image, metrics, weights
from aigc_helpers.data import load_images
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

NOISE, NOISE_SEED = 0.1, 1
STEPS = {"upscaler": 3000, "sharp": 1200, "denoiser": 2000}
ROWS = {
    "bicubic": "放大：双三次",
    "ridge_4": "放大：岭回归，看 5×5",
    "ridge_whole_4": "放大：岭回归，看整张",
    "upscaler": "放大：网络",
    "sharp": "放大：网络，对抗训练",
    "noisy": "去噪：不去",
    "means": "去噪：非局部均值",
    "ridge_1": "去噪：岭回归，看 5×5",
    "ridge_whole_1": "去噪：岭回归，看整张",
    "denoiser": "去噪：网络",
}
LARGER = {"bicubic", "ridge_4", "ridge_whole_4", "upscaler", "sharp"}


def measure(variant: str, seed: int) -> dict[str, float]:
    """Restore 100 photographs of ten new people; the same noise for all."""
    x = load_images("faces", "test").images / 255
    worse = made_worse(x, variant, NOISE_SEED)
    return figures(restorer(variant, seed)(worse).clamp(0, 1), x)


def figures(restored, x) -> dict[str, float]:
    """What each ruler says; the distance is that of pairs, in the recogniser's eye."""
    recogniser = weights.load("image_recogniser")
    pair = [metrics.extract_features(recogniser, one) for one in (restored, x)]
    return {
        "psnr": round(float(metrics.psnr(restored, x).mean()), 2),
        "ssim": round(float(metrics.ssim(restored, x).mean()), 4),
        "sharpness": round(float(metrics.sharpness(restored).mean()), 4),
        "distance": round(metrics.kernel_distance(*pair, paired=True), 3),
    }


def made_worse(x, variant: str, seed: int):
    """Small pictures (B, 1, 16, 16), or noisy ones (B, 1, 64, 64)."""
    if variant in LARGER:
        return image.shrink(x)
    return image.add_noise(x, NOISE, torch.Generator().manual_seed(seed))


def restorer(variant: str, seed: int):
    """What makes (B, 1, 64, 64) of worse pictures."""
    if variant in STEPS:
        return torch.no_grad()(train_network(variant, seed))
    if variant.startswith("ridge"):
        return fit_linear(variant)
    if variant == "means":
        return remove_by_means
    return enlarge if variant == "bicubic" else lambda worse: worse


def enlarge(small):
    """Bicubic, four times."""
    return F.interpolate(small, scale_factor=4, mode="bicubic")


def remove_by_means(noisy):
    """Non-local means (Buades et al., 2005) with the best of twenty settings."""
    from skimage.restoration import denoise_nl_means

    options = {"patch_size": 5, "patch_distance": 6, "h": 0.6 * NOISE}
    clean = [
        torch.from_numpy(denoise_nl_means(one, sigma=NOISE, fast_mode=True, **options))
        for one in noisy[:, 0].numpy()
    ]
    return torch.stack(clean)[:, None].float()  # (B, 1, H, W)


def train_network(variant: str, seed: int):
    """As the shipped one was trained."""
    set_seed(seed)
    images = load_images("faces").images
    options = {"steps": STEPS[variant], "seed": seed}
    if variant == "sharp":
        upscaler = weights.load("image_upscaler", into=image.Restorer(width=32))
        critic = image.Critic()
        return image.train_realistic_upscaler(upscaler, critic, images, **options)[0]
    factor = 1 if variant == "denoiser" else 4
    network = image.Restorer(factor=factor, width=32)
    return image.train_restorer(network, images, noise=NOISE, **options)[0]


def fit_linear(variant: str):
    """A ridge regression, alpha chosen over people.

    "whole" maps all pixels to all pixels; the other one maps the 5 x 5 pixels around
    each to the block of pixels that belongs there, the same map at every place.
    """
    train = load_images("faces")
    known = torch.cat([train.images, train.images.flip(3)]) / 255
    people = train.labels.repeat(2)
    worse = made_worse(known, "upscaler" if "4" in variant else "denoiser", 0)
    start = enlarge if "4" in variant else lambda one: one
    if "whole" in variant:
        predict, _ = image.fit_ridge(worse, known, people)
        return predict
    fold = known.shape[-1] // worse.shape[-1]
    difference = F.pixel_unshuffle(known - start(worse), fold)  # (N, f * f, h, w)
    targets = difference.permute(0, 2, 3, 1).flatten(0, 2)  # (N * h * w, f * f)
    places = worse[0].numel()
    chosen = torch.randperm(len(targets), generator=set_seed(0))[:100_000]
    whose = people.repeat_interleave(places)[chosen]
    around = image.neighbourhoods(worse)[chosen]
    predict, _ = image.fit_ridge(around, targets[chosen], whose)
    return partial(restore_locally, predict, start, fold)


def restore_locally(predict, start, fold: int, worse):
    """Add to the start what the neighbourhoods of the worse picture predict."""
    n, _, h, w = worse.shape
    found = predict(image.neighbourhoods(worse)).view(n, h, w, fold**2)
    return start(worse) + F.pixel_shuffle(found.permute(0, 3, 1, 2), fold)


TABLE = Table(
    name="image_restoration",
    measure=measure,
    variants=ROWS,
    columns={
        "psnr": ("PSNR（dB）", ".2f"),
        "ssim": ("SSIM", ".3f"),
        "sharpness": ("锐度", ".3f"),
        "distance": ("核距离", ".2f"),
    },
    seeds=(0, 1, 2),
    data="faces",
    networks=("image_recogniser", "image_upscaler"),
)
