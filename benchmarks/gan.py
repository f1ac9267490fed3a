"""Quality against CPU time: the book's GAN beside PyTorch-GAN's `dcgan`.

``python benchmarks/gan.py [--seeds 0 1 2]`` (needs MNIST; about two hours, nearly all
of them the peer's; stop and start again at will) and a section of RESULTS.md.

- All at one thread, in one process. CPU seconds are steps times the median CPU time
  of a step, and that is measured for all programs in turns, a few steps each, so that
  a noisy neighbour slows all of them alike.
- All judged alike: 32x32 pictures reduced to 28x28. Ours and the real ones are first
  enlarged to 32x32, so that the resizing costs everybody the same.
- Of the peer counts the better of two ways to sample: batch norm with the statistics
  of the batch, as the program does, or with running averages.
"""

import itertools
import os
import statistics

import dcgan
import torch
import torch.nn.functional as F
from report import Records, command, table
from turns import seconds_per_step

from aigc_helpers import gan, metrics, weights
from aigc_helpers.data import load_images
from aigc_helpers.pixels import one_hot
from aigc_helpers.runtime import describe_runtime, set_seed

N_SAMPLES = 10_000
EPOCH = 938  # steps of 64 images
PLANS = (
    200,
    300,
    400,
    600,
    700,
    800,
    1000,
    2000,
)  # lengths of our runs, each from scratch
CONDITIONAL_PLANS = (400, 800, 1600)
FORMATS = {"bf16": True, "fp32": False}


def resize(images, size: int):
    """uint8 (N, 1, H, W) to (N, 1, size, size), rounded as an image file would be."""
    smooth = F.interpolate(
        images.float(), (size, size), mode="bilinear", antialias=True
    )
    return smooth.round().clamp(0, 255).to(torch.uint8)


def to_bytes(images):
    """Images in [0, 1] to uint8."""
    return (images * 255).round().to(torch.uint8)


class Judge:
    """Frechet distance and rarest class of 10,000 pictures against the test images."""

    def __init__(self):
        self.classifier = weights.load("mnist_classifier")
        self.real = self.features(resize(load_images("mnist", "test").images, 32))

    def features(self, images32):
        return metrics.extract_features(self.classifier, resize(images32, 28) / 255)

    def __call__(self, images32) -> dict:
        distance = metrics.frechet_distance(self.features(images32), self.real)
        classes = metrics.predict_classes(self.classifier, resize(images32, 28) / 255)
        rarest = float(metrics.class_shares(classes).min())
        return {"distance": distance, "rarest": rarest}


def our_samples(generator, seed: int):
    """N_SAMPLES pictures (N, 1, 32, 32); a conditional generator draws all classes."""
    rng = torch.Generator().manual_seed(1000 + seed)
    z = torch.randn(N_SAMPLES, generator.latent_dim, generator=rng)
    labels = torch.arange(N_SAMPLES) % 10
    y = one_hot(labels) if hasattr(generator, "n_classes") else None
    return resize(to_bytes(gan.sample_images(generator, z, y)), 32)


@torch.no_grad()
def peer_samples(generator, seed: int):
    """N_SAMPLES pictures (N, 1, 32, 32) in the generator's present mode."""
    rng = torch.Generator().manual_seed(1000 + seed)
    chunks = torch.randn(N_SAMPLES, dcgan.LATENT_DIM, generator=rng).split(500)
    return to_bytes(torch.cat([(generator(z) + 1) / 2 for z in chunks]))


def train_ours(train, *, steps: int, seed: int, conditional: bool = False, **options):
    """The recipe of chapter 05."""
    set_seed(seed)
    if conditional:
        networks = gan.ConditionalGenerator(), gan.ConditionalDiscriminator()
        data = train.images, train.labels
    else:
        networks, data = (gan.Generator(), gan.Discriminator()), (train.images,)
    return gan.train_gan(*networks, *data, steps=steps, seed=seed, **options)[0]


def measure_peer(images32, judge, seed: int, bf16: bool) -> list[dict]:
    """Quality after each of three epochs."""
    results, steps = [], dcgan.training(images32, seed=seed, bf16=bf16)
    for epoch in (1, 2, 3):
        generator = next(itertools.islice(steps, EPOCH - 1, None))
        state = {k: v.clone() for k, v in generator.state_dict().items()}
        as_shipped = judge(peer_samples(generator, seed))
        generator.load_state_dict(state)  # sampling has moved the running averages
        averaged = judge(peer_samples(generator.eval(), seed))
        generator.train()
        best = min(as_shipped, averaged, key=lambda found: found["distance"])
        results.append(best)
        print(f"dcgan seed {seed}, {'bf16' if bf16 else 'fp32'}, epoch {epoch}: {best}")
    return results


def our_steps(train, bf16: bool, conditional: bool = False):
    """Endless training by our recipe; yields after every step."""
    # train_gan is a loop, not a generator: runs of 20 steps, as one would call it
    while True:
        os.environ["AIGC_BF16"] = str(int(bf16))
        train_ours(train, steps=20, seed=0, conditional=conditional)
        yield 20


def cost_per_step(train, images32, *, rounds: int = 7) -> dict[str, float]:
    """Median CPU seconds of one step of each program, measured in turns."""
    ours = {f"ours {name}": our_steps(train, bf16) for name, bf16 in FORMATS.items()}
    ours["ours, conditional, bf16"] = our_steps(train, True, conditional=True)
    peers = {
        f"dcgan {name}": ((1, next(peer))[0] for peer in itertools.repeat(steps))
        for name, bf16 in FORMATS.items()
        for steps in [dcgan.training(images32, seed=0, bf16=bf16)]
    }
    found = seconds_per_step(ours | peers, rounds=rounds)
    os.environ.pop("AIGC_BF16", None)
    return found


def measure_ours(train, judge, seed: int, steps: int, conditional: bool = False):
    """Quality of one whole run of that length."""
    found = judge(
        our_samples(
            train_ours(train, steps=steps, seed=seed, conditional=conditional), seed
        )
    )
    print(f"ours seed {seed}, {steps} steps, conditional {conditional}: {found}")
    return found


def yardsticks(train, judge) -> dict:
    """Real pictures against real ones, and a 3x3 blur of real ones."""
    images = train.images[:N_SAMPLES]
    blurred = F.avg_pool2d(images.float(), 3, stride=1, padding=1).round()
    return {
        "training images": judge(resize(images, 32)),
        "training images, 3x3 blur": judge(resize(blurred.to(torch.uint8), 32)),
    }


def measure(seeds: list[int]) -> Records:
    """Everything that is not yet in the records."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    records, judge, train = Records("gan"), Judge(), load_images("mnist")
    images32, keep = resize(train.images, 32), records.keep
    keep("runtime", describe_runtime)
    keep("cost", cost_per_step, train, images32)
    keep("yardsticks", yardsticks, train, judge)
    for seed in seeds:
        for steps in PLANS:
            keep(f"ours {seed} {steps}", measure_ours, train, judge, seed, steps)
        for steps in CONDITIONAL_PLANS:
            key = f"conditional {seed} {steps}"
            keep(key, measure_ours, train, judge, seed, steps, True)
    for name, bf16 in FORMATS.items():
        for seed in seeds:
            keep(f"dcgan {name} {seed}", measure_peer, images32, judge, seed, bf16)
    return records


def row(label: str, steps: int, step_cost: float, found: list[dict]) -> list[str]:
    """One line of the table: cost, distances of all seeds, rarest class of all."""
    distances = [result["distance"] for result in found]
    return [
        label,
        f"{steps:,}",
        f"{steps * step_cost:.1f}",
        " / ".join(f"{value:.2f}" for value in distances),
        f"{statistics.mean(distances):.2f}",
        f"{min(result['rarest'] for result in found):.1%}",
    ]


def runs(records: Records, name: str, seeds: list[int], last="") -> list:
    """Records of one program, of the seeds that have been measured."""
    keys = [f"{name} {seed}{last}" for seed in seeds]
    return [records[key] for key in keys if key in records]


def peer_rows(records: Records, seeds: list[int]) -> list[list[str]]:
    """Three epochs of the peer in each format."""
    return [
        row(
            f"dcgan, {name}, epoch {epoch}",
            epoch * EPOCH,
            records["cost"][f"dcgan {name}"],
            [run[epoch - 1] for run in runs(records, f"dcgan {name}", seeds)],
        )
        for name in FORMATS
        for epoch in (1, 2, 3)
        if runs(records, f"dcgan {name}", seeds)
    ]


def our_rows(records: Records, seeds: list[int]) -> list[list[str]]:
    """Our runs of each length, without and with classes."""
    kinds = (
        ("ours", "ours bf16", "ours, bf16", PLANS),
        ("conditional", "ours, conditional, bf16", "ours, classes given, bf16", None),
    )
    return [
        row(label, n, records["cost"][cost], runs(records, kind, seeds, f" {n}"))
        for kind, cost, label, plans in kinds
        for n in plans or CONDITIONAL_PLANS
    ]


def report(records: Records, seeds: list[int]) -> str:
    """The section of RESULTS.md: what has been measured so far."""
    rows = peer_rows(records, seeds) + our_rows(records, seeds)
    for label, found in records["yardsticks"].items():
        rows.append([label, "", "", f"{found['distance']:.2f}", "", ""])
    header = ["program", "steps", "CPU-s", "Fréchet distance by seed", "mean"]
    header.append("rarest class, worst seed")
    costs = [[name, f"{value:.4f}"] for name, value in records["cost"].items()]
    head = (
        f"`python benchmarks/gan.py --seeds {' '.join(map(str, seeds))}`; torch "
        f"{records['runtime']['torch']}, one thread, {N_SAMPLES:,} samples against "
        "the 10,000 test images, all judged at 32x32."
    )
    per_step = table(["program", "CPU seconds a step"], costs)
    return "\n\n".join([head, table(header, rows), per_step, *gains(records, seeds)])


def gains(records: Records, seeds: list[int]) -> list[str]:
    """How much less CPU time our shortest run takes to the peer's third epoch."""
    cost, ours, lines = records["cost"], records["cost"]["ours bf16"], []
    for name in FORMATS:
        found = runs(records, f"dcgan {name}", seeds)
        if not found:
            continue
        goal = statistics.mean(run[2]["distance"] for run in found)
        steps = next((n for n in PLANS if mean_of(records, seeds, n) <= goal), None)
        if steps is None:
            lines.append(f"dcgan {name}: none of our runs reaches {goal:.2f}.")
            continue
        spent, needed = 3 * EPOCH * cost[f"dcgan {name}"], steps * ours
        lines.append(
            f"dcgan {name} (seeds measured: {len(found)}) reaches {goal:.2f} in its "
            f"third epoch, after {spent:.0f} CPU-s; ours, in bf16, is there after "
            f"{steps} steps, {needed:.1f} CPU-s: **{spent / needed:.0f} times** less."
        )
    return lines


def mean_of(records: Records, seeds: list[int], steps: int) -> float:
    """Mean Frechet distance of our runs of that length."""
    found = runs(records, "ours", seeds, f" {steps}")
    return statistics.mean(run["distance"] for run in found)


if __name__ == "__main__":
    command(__doc__, "GAN", measure, report)
