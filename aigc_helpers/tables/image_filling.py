"""Holes in the faces of people whom nobody has seen: chapter 08, from three seeds."""

import torch

from aigc_helpers import image, metrics
from aigc_helpers.data import load_images
from aigc_helpers.image.holes import holes
from aigc_helpers.image.rivals import NOISES
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

STEPS, BATCH_SIZE = 6000, 16
ROWS = {
    "network": "网络",
    "gaussian": "线性：高斯",
    "ridge": "线性：岭回归",
    "least_squares": "线性：最小二乘",
    "trees": "极端随机树",
    "neighbours": "k 近邻",
    "biharmonic": "光滑填补",
    "mean": "平均脸",
}
HALF_ALONE = {"ridge", "least_squares", "trees", "neighbours"}  # one hole, always this


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Fill three kinds of holes in 100 photographs of ten new people.

    The regressors of scikit-learn's "Face completion with a multi-output estimators"
    learn one hole, the lower half; the others fill any. Errors are 1000 x the mean
    squared error inside the hole.
    """
    test = load_images("faces", "test").images / 255
    filled = fill_lower_half(variant, test, seed) if variant in HALF_ALONE else {}
    if variant not in HALF_ALONE:
        filler = filler_of(variant, seed)
        filled = {
            name: filler(name, test, hole) for name, hole in holes(len(test)).items()
        }
    return figures(filled, test)


def figures(filled: dict, test) -> dict[str, float | None]:
    """Errors in each kind of hole; of lower halves also structure, blur and rim."""
    errors = {}
    for name, hole in holes(len(test)).items():
        done = filled.get(name)
        error = done is not None and metrics.mean_squared_error(done, test, where=hole)
        errors[name] = None if done is None else round(1000 * float(error.mean()), 2)
    lower, hole = filled["lower_half"], image.lower_half()
    return errors | {
        "ssim": round(float(metrics.ssim(lower, test).mean()), 4),
        "sharpness": round(float(metrics.sharpness(lower[:, :, 32:]).mean()), 4),
        "seam": round(float(metrics.seam(lower, test, hole).mean()), 4),
    }


def known_faces():
    """Photographs (600, 1, 64, 64) of thirty people, mirrored ones too, and whose."""
    train = load_images("faces")
    both = torch.cat([train.images, train.images.flip(3)]) / 255
    return both, train.labels.repeat(2)


def filler_of(variant: str, seed: int):
    """What fills any hole: of a kind's name, pictures and holes, the pictures whole."""
    if variant == "network":
        network = train_network(seed)
        return lambda name, x, hole: image.fill(network, x, hole)
    known, people = known_faces()
    if variant == "gaussian":
        return gaussian(known, people)
    if variant == "mean":
        mean = known.mean(dim=0, keepdim=True)
        return lambda name, x, hole: x * (1 - hole) + mean * hole
    return lambda name, x, hole: fill_smoothly(x, hole)


def train_network(seed: int):
    """As the shipped one was trained."""
    set_seed(seed)
    options = {"steps": STEPS, "batch_size": BATCH_SIZE, "seed": seed}
    images = load_images("faces").images
    return image.train_filler(image.Filler(), images, **options)[0]


def gaussian(known, people):
    """The best linear guess at any hole, its noise chosen for each kind over people."""

    def fill(name, x, hole):
        fitting = hole if len(hole) == 1 else holes(len(known))[name]
        noise = image.choose_noise(known, people, fitting, NOISES)
        return image.fill(image.LinearFiller(known, noise=noise), x, hole)

    return fill


def fill_smoothly(x, hole):
    """Each hole (B, 1, H, W) becomes a surface that bends as little as possible."""
    from skimage.restoration import inpaint_biharmonic

    pairs = zip(x[:, 0].numpy(), hole.expand_as(x)[:, 0].numpy(), strict=True)
    filled = [torch.from_numpy(inpaint_biharmonic(*pair)) for pair in pairs]
    return torch.stack(filled)[:, None].float().clamp(0, 1)  # (B, 1, H, W)


def fill_lower_half(variant: str, x, seed: int) -> dict[str, torch.Tensor]:
    """Upper halves to lower ones by a regressor; settings as scikit-learn's example."""
    known, people = known_faces()
    upper, lower = known[:, :, :32], known[:, :, 32:]  # (N, 1, 32, 64)
    if variant == "ridge":
        predict, _ = image.fit_ridge(upper, lower, people)
    else:
        rows = upper.flatten(1).numpy(), lower.flatten(1).numpy()  # (N, 2048)
        model = regressor(variant, seed).fit(*rows)

        def predict(above):
            below = model.predict(above.flatten(1).numpy())  # (M, 2048)
            return torch.from_numpy(below).float().view_as(above)

    below = predict(x[:, :, :32]).clamp(0, 1)
    return {"lower_half": torch.cat([x[:, :, :32], below], dim=2)}


def regressor(variant: str, seed: int):
    """One of scikit-learn's, unfitted."""
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.neighbors import KNeighborsRegressor

    if variant == "trees":
        options = {"n_estimators": 10, "max_features": 32, "random_state": seed}
        return ExtraTreesRegressor(**options)
    return LinearRegression() if variant == "least_squares" else KNeighborsRegressor()


TABLE = Table(
    name="image_filling",
    measure=measure,
    variants=ROWS,
    columns={
        "lower_half": ("下半张", ".1f"),
        "centre_square": ("方块", ".1f"),
        "free_strokes": ("划痕", ".1f"),
        "ssim": ("SSIM", ".3f"),
        "sharpness": ("锐度", ".3f"),
        "seam": ("接缝", ".3f"),
    },
    seeds=(0, 1, 2),
    data="faces",
)
