"""The networks of chapter 08: recogniser, generator, filler of holes, restorers."""

import torch
import torch.nn.functional as F

from aigc_helpers import data, gan, image, metrics, weights
from aigc_helpers.image.holes import holes
from aigc_helpers.image.rivals import NOISES
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject

FACES = (
    "Olivetti faces, people 1-30 (AT&T Laboratories Cambridge; Samaria and Harter, "
    "1994). Photographs of real people; that they agreed to such a use is not "
    "documented: recognise and imitate nobody with this network."
)
OTHER_EDITION = " Another edition of the file, whose pixels differ slightly."
NOISE = 0.1  # standard deviation, of pixels in [0, 1]
SEED = 1  # of the samples and the noise with which a network is measured
N_KNOWN = 8  # photographs of each person that recogniser and generator learn, of ten
START = "image_upscaler"  # of the sharp one
EYE = "image_recogniser"  # in whose features photographs are compared
N_SAMPLES = 600  # of the generator, when it is measured
SHOWN = (0, 11, 22, 33, 45, 59, 68, 84)  # of the held-out photographs, in the explorer


def faces_in_use() -> str:
    """What a card says of the photographs that lie here."""
    edition = data.load_images("faces").edition
    return FACES + (OTHER_EDITION if edition else "")


RECIPES = {
    "image_recogniser": Recipe(
        "image",
        "PersonRecogniser",
        "认人的网络",
        steps=1200,
        batch_size=64,
        arguments={"n_classes": 30, "width": 16, "feature_dim": 64},
        data=faces_in_use,
        half=True,
    ),
    "image_faces": Recipe(
        "image",
        "FaceGenerator",
        "人脸生成器",
        steps=12_000,
        batch_size=32,
        arguments={"latent_dim": 32, "width": 64},
        options={"lr": 1e-3, "decay": 0.998},
        data=faces_in_use,
        half=True,
    ),
    "image_filler": Recipe(
        "image",
        "Filler",
        "补全人脸的网络",
        steps=6000,
        batch_size=16,
        arguments={"width": 16, "hidden": 128},
        data=faces_in_use,
        half=True,
    ),
    "image_upscaler": Recipe(
        "image",
        "Restorer",
        "放大四倍的网络",
        steps=3000,
        batch_size=32,
        arguments={"factor": 4, "width": 32, "depth": 4},
        data=faces_in_use,
        half=True,
    ),
    "image_upscaler_sharp": Recipe(
        "image",
        "Restorer",
        "放大四倍、看起来清楚的网络",
        steps=1200,
        batch_size=16,
        arguments={"factor": 4, "width": 32, "depth": 4},
        options={"realism": 1e-3},
        data=faces_in_use,
        half=True,
    ),
    "image_denoiser": Recipe(
        "image",
        "Restorer",
        "去噪的网络",
        steps=2000,
        batch_size=32,
        arguments={"factor": 1, "width": 32, "depth": 4},
        options={"noise": NOISE},
        data=faces_in_use,
        half=True,
    ),
}
FIGURES = {
    "kernel_distance": "核距离（同一批人的新照片）",
    "kernel_floor": "核距离的对照（训练用的照片）",
    "lower_half_error": "下半张脸：洞里的均方误差",
    "centre_square_error": "中间的方块：洞里的均方误差",
    "free_strokes_error": "几道划痕：洞里的均方误差",
    "lower_half_gain": "下半张脸：比线性填补少的均方误差",
    "centre_square_gain": "中间的方块：比线性填补少的均方误差",
    "free_strokes_gain": "几道划痕：比线性填补少的均方误差",
    "psnr": "峰值信噪比（dB）",
    "psnr_gain": "比不用网络高出的峰值信噪比（dB）",
    "ssim": "结构相似度",
    "sharpness": "锐度（梯度的均方根）",
    "original_sharpness": "原图的锐度",
    "paired_kernel_distance": "与原图的核距离",
}


def _options(recipe: Recipe, steps: int, seed: int, checkpoint) -> dict:
    """What every training loop is told."""
    return {
        "steps": steps,
        "batch_size": recipe.batch_size,
        "seed": seed,
        "checkpoint": checkpoint,
        **recipe.options,
    }


def train_recogniser(recipe: Recipe, *run):
    """Train on eight photographs of each person; return it with its history."""
    faces, network = (
        data.load_images("faces"),
        image.PersonRecogniser(**recipe.arguments),
    )
    known = first_eight(faces)
    images, people = faces.images[known], faces.labels[known]
    options = _options(recipe, *run)
    return network, image.train_recogniser(network, images, people, **options)


def train_generator(recipe: Recipe, *run):
    """Train on eight photographs of each person and their mirror images."""
    faces, network = data.load_images("faces"), image.FaceGenerator(**recipe.arguments)
    images = faces.images[first_eight(faces)]
    both, options = torch.cat([images, images.flip(3)]), _options(recipe, *run)
    return gan.train_gan(network, image.FaceDiscriminator(), both, **options)


def train_filler(recipe: Recipe, *run):
    """Train on all photographs of the thirty people."""
    faces, network = data.load_images("faces"), image.Filler(**recipe.arguments)
    return image.train_filler(network, faces.images, **_options(recipe, *run))


def train_restorer(recipe: Recipe, *run):
    """Train on all photographs of the thirty people."""
    faces, network = data.load_images("faces"), image.Restorer(**recipe.arguments)
    return image.train_restorer(network, faces.images, **_options(recipe, *run))


def train_sharp(recipe: Recipe, *run):
    """Go on from the shipped upscaler, against a critic."""
    faces, network = data.load_images("faces"), image.Restorer(**recipe.arguments)
    weights.load(START, into=network)
    critic, options = image.Critic(), _options(recipe, *run)
    return image.train_realistic_upscaler(network, critic, faces.images, **options)


def first_eight(faces):
    """Which photographs (N,) are among the first eight of their person."""
    return torch.arange(len(faces)) % 10 < N_KNOWN


def measure_recogniser(recogniser) -> dict:
    """Share of the two new photographs of each of the thirty people that it names."""
    faces = data.load_images("faces")
    new = ~first_eight(faces)
    answers = metrics.predict_classes(recogniser, faces.images[new] / 255)
    return judging.share_of("test_accuracy", answers == faces.labels[new])


def measure_generator(generator) -> dict:
    """Distance of samples from new photographs, the floor of that, and copying."""
    faces = data.load_images("faces")
    new = ~first_eight(faces)
    recogniser = weights.load(EYE)
    samples = sample(generator, N_SAMPLES, SEED)
    known, real = faces.images[~new] / 255, faces.images[new] / 255
    drawn, floor, goal = (
        metrics.extract_features(recogniser, pictures)
        for pictures in (samples, known, real)
    )
    copies = metrics.copying_test(samples, known, real)
    return {
        **_distance("kernel_distance", drawn, goal, faces.labels[new]),
        **_distance("kernel_floor", floor, goal, faces.labels[new]),
        **judging.with_interval("copying_excess", copies.excess, copies.interval, 3),
        "copying_p_value": round(copies.p_value, 3),
    }


def _distance(name: str, features, goal, people) -> dict:
    """A kernel distance from real features, and its interval over people."""

    def distance(goal):
        return metrics.kernel_distance(features, goal)

    interval = metrics.grouped_interval(distance, people, goal)
    return judging.with_interval(name, distance(goal), interval, 3)


def sample(generator, n: int, seed: int, *, label: int | None = None):
    """Faces (n, 1, 64, 64) in [0, 1]; there are no classes."""
    rng = torch.Generator().manual_seed(seed)
    z = torch.randn(n, generator.latent_dim, generator=rng)
    return gan.sample_images(generator, z)


def _strangers():
    """Photographs (N, 1, 64, 64) in [0, 1] of ten people who were never seen, whose."""
    test = data.load_images("faces", "test")
    return test.images / 255, test.labels


def measure_filler(filler) -> dict:
    """Errors in three kinds of holes, and how much larger a linear filler's are."""
    x, people = _strangers()
    train, results = data.load_images("faces"), {}
    known = torch.cat([train.images, train.images.flip(3)]) / 255
    whose = train.labels.repeat(2)
    for name, hole in holes(len(x)).items():
        fitting = hole if len(hole) == 1 else holes(len(known))[name]
        noise = image.choose_noise(known, whose, fitting, NOISES)
        linear = image.LinearFiller(known, noise=noise)
        error, rival = (
            metrics.mean_squared_error(image.fill(one, x, hole), x, where=hole)
            for one in (filler, linear)
        )
        results |= _over_people(f"{name}_error", error, people, 5)
        results |= _over_people(f"{name}_gain", rival - error, people, 5)
    return results


@torch.no_grad()
def measure_restorer(restorer) -> dict:
    """PSNR and SSIM, and how much PSNR the picture had without the network."""
    x, people = _strangers()
    rng = torch.Generator().manual_seed(SEED)
    worse = image.add_noise(x, NOISE, rng) if restorer.factor == 1 else image.shrink(x)
    start = F.interpolate(worse, x.shape[2:], mode="bicubic")
    better, start = restorer(worse).clamp(0, 1), start.clamp(0, 1)
    psnr = metrics.psnr(better, x)
    return {
        **_over_people("psnr", psnr, people, 3),
        **_over_people("psnr_gain", psnr - metrics.psnr(start, x), people, 3),
        **_over_people("ssim", metrics.ssim(better, x), people, 4),
        **_over_people("sharpness", metrics.sharpness(better), people, 4),
        **_over_people("original_sharpness", metrics.sharpness(x), people, 4),
        **_distance_of_pairs(better, x, people),
    }


def _distance_of_pairs(restored, x, people) -> dict:
    """The kernel distance of restorations from their originals."""
    recogniser = weights.load(EYE)
    pairs = [
        metrics.extract_features(recogniser, pictures) for pictures in (restored, x)
    ]

    def distance(*pairs):
        return metrics.kernel_distance(*pairs, paired=True)

    interval = metrics.grouped_interval(distance, people, *pairs)
    return judging.with_interval(
        "paired_kernel_distance", distance(*pairs), interval, 3
    )


def _over_people(name: str, values, people, digits: int) -> dict:
    """A mean and its interval over people."""
    mean, interval = metrics.paired_interval(values, people)
    return judging.with_interval(name, mean, interval, digits)


def filler_facts(filler) -> dict:
    """What the explorer of a filler must know."""
    names = [f"{30 + i // 10 + 1} 号的第 {i % 10 + 1} 张" for i in SHOWN]
    return {
        "kind": "paint",
        "decoder": image.FilledPicture.__name__,
        "latent_dim": 0,
        "image_shape": list(filler.image_shape),
        "names": names,
    }


def filler_tensors(filler) -> dict:
    """Photographs of people whom the filler never saw, and the mean of the others."""
    test = data.load_images("faces", "test")
    mean = (filler.mean[0, 0] * 255).round().byte()  # (64, 64)
    return {"photographs": test.images[list(SHOWN), 0], "mean": mean}


@torch.no_grad()
def generator_facts(generator) -> dict:
    """What the explorer of a generator must know."""
    known, unit = photograph_ruler()
    features = weights.load(EYE).features(_strangers()[0])
    distances = image.nearest_distance(features, known.float()) / unit
    stranger = round(distances.quantile(0.5).item(), 2)
    checksum = weights.card(EYE)["sha256"]
    return {
        "kind": "latent",
        "decoder": image.MeasuredFaceDecoder.__name__,
        "decoder_networks": {"recogniser": {"name": EYE, "sha256": checksum}},
        "decoder_tensors": ["known", "unit"],
        "readout": {"words": "nearest_photograph", "stranger": stranger},
        "latent_dim": generator.latent_dim,
        "n_classes": 0,
        "image_shape": list(data.find_dataset("faces").shape),
    }


def generator_tensors(generator) -> dict:
    """Directions of the sliders, and what the distance from photographs takes."""
    known, unit = photograph_ruler()
    directions = gan.principal_directions(generator)
    return {"directions": directions, "known": known, "unit": unit}


@torch.no_grad()
def photograph_ruler():
    """Features (N, D), float16, of all that the generator learnt, and a unit, ().

    The unit is the median distance of a new photograph of the same people from the
    nearest of them; of an even number, the mean of the middle two.
    """
    faces = data.load_images("faces")
    new = ~first_eight(faces)
    images = faces.images[~new]
    features = weights.load(EYE).features
    known = features(torch.cat([images, images.flip(3)]) / 255).half()
    fresh = features(faces.images[new] / 255)
    return known, image.nearest_distance(fresh, known.float()).quantile(0.5)


JUDGE = (EYE,)
SUBJECTS = {
    "image": Subject(train_restorer, measure_restorer, networks=JUDGE),
    "image_recogniser": Subject(train_recogniser, measure_recogniser),
    "image_upscaler_sharp": Subject(
        train_sharp, measure_restorer, networks=(*JUDGE, START)
    ),
    "image_filler": Subject(train_filler, measure_filler, filler_facts, filler_tensors),
    "image_faces": Subject(
        train_generator,
        measure_generator,
        generator_facts,
        generator_tensors,
        sample=sample,
        networks=JUDGE,
    ),
}
