"""Likelihood bound against CPU time: the book's VAE beside pytorch/examples' `vae`.

``python benchmarks/vae.py [--seeds 0 1 2]`` (needs MNIST; about half an hour; stop and
start again at will) and a section of RESULTS.md.

- All at one thread, in one process. CPU seconds are steps times the median CPU time
  of a step, and that is measured for all programs in turns, a few steps each, so that
  a noisy neighbour slows all of them alike.
- The peer's cost is given twice: of its steps alone, and with its way to load images.
- All judged alike: mean over the 10,000 test images of cross-entropy, summed over the
  pixels' grey values, plus KL divergence, in nats, one z an image, in float32.
"""

import itertools
import os
import statistics
from functools import partial

import basic_vae
import torch
from report import Records, command, table
from turns import seconds_per_step

from aigc_helpers import vae
from aigc_helpers.data import load_images
from aigc_helpers.runtime import describe_runtime, set_seed

PIECE = 100  # steps that are timed at once: what comes before a run must not count
EPOCH = 469  # steps of the peer, 128 images each
FORMATS = {"bf16": True, "fp32": False}
GOAL, FAR_GOAL = 105.6, 98.0  # nats: what the peer reaches in ten epochs, and never
# Our networks and the lengths of their runs, each from scratch.
SMALL = {"latent_dim": 20, "width": 24, "hidden": 512, "depth": 0}
LARGE = {"latent_dim": 24, "depth": 1}
PLANS = {
    "small": (SMALL, {"lr": 1.6e-2, "decay": 0.98}, (800, 820, 840, 900)),
    "large": (LARGE, {"lr": 1e-2}, (2000, 2800, 4700)),
}


def negative_elbo(model, images) -> float:
    """Mean negative ELBO of our model in nats."""
    reconstruction, kl = vae.evaluate_elbo(model, images, seed=1)
    return float((reconstruction + kl).double().mean())


@torch.no_grad()
def peer_negative_elbo(model, images) -> float:
    """The same of the peer's."""
    rng, total = torch.Generator().manual_seed(1), 0.0
    for pixels in images.split(500):
        x = pixels / 255
        total += float(basic_vae.loss_sum(x, *model(x, generator=rng)))
    return total / len(images)


def train_ours(images, plan: str, *, steps: int, seed: int):
    """The recipe of chapter 06, in bfloat16 unless ``AIGC_BF16=0``."""
    arguments, options, _ = PLANS[plan]
    set_seed(seed)
    model = vae.VAE(**arguments)
    return vae.train_vae(model, images, steps=steps, seed=seed, **options)[0]


def measure_ours(train, test, *, plan: str, steps: int, seed: int, bf16: bool):
    """Negative ELBO after one whole run of that length."""
    os.environ["AIGC_BF16"] = str(int(bf16))
    found = negative_elbo(train_ours(train, plan, steps=steps, seed=seed), test)
    os.environ.pop("AIGC_BF16")
    print(f"ours, {plan}, seed {seed}, {steps} steps, bf16 {bf16}: {found:.2f}")
    return found


def measure_peer(train, test, *, seed: int, bf16: bool) -> list[float]:
    """Negative ELBO after each of ten epochs."""
    found, steps = [], basic_vae.training(train, seed=seed, bf16=bf16)
    for _ in range(basic_vae.EPOCHS):
        model = next(itertools.islice(steps, EPOCH - 1, None))
        found.append(peer_negative_elbo(model, test))
    print(f"peer, seed {seed}, bf16 {bf16}: {', '.join(f'{v:.2f}' for v in found)}")
    return found


def our_steps(train, plan: str, bf16: bool):
    """Endless training by our recipe; yields how many steps it has done."""
    while True:
        os.environ["AIGC_BF16"] = str(int(bf16))
        train_ours(train, plan, steps=PIECE, seed=0)
        yield PIECE


def in_pieces(steps):
    """The same work, some steps at a time; yields how many it has done."""
    while True:
        yield len(list(itertools.islice(steps, PIECE)))


def cost_per_step(train) -> dict[str, float]:
    """CPU seconds of one step of each program in each format."""
    programs = {}
    programs["peer's loading"] = in_pieces(basic_vae.loading(train))
    for name, bf16 in FORMATS.items():
        peer = basic_vae.training(train, seed=0, bf16=bf16)
        programs[f"peer {name}"] = in_pieces(peer)
        for plan in PLANS:
            programs[f"{plan} {name}"] = our_steps(train, plan, bf16)
    found = seconds_per_step(programs, calls=1)
    os.environ.pop("AIGC_BF16", None)
    return found


def measure(seeds: list[int]) -> Records:
    """Everything that is not yet in the records."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    train, test = load_images("mnist").images, load_images("mnist", "test").images
    records = Records("vae")
    keep = records.keep
    keep("runtime", describe_runtime)
    keep("cost", cost_per_step, train)
    for seed in seeds:
        for key, job in jobs(seed).items():
            keep(key, job, train, test)
    return records


def jobs(seed: int) -> dict:
    """All runs of a seed: the key of the record, and what measures it."""
    found = {}
    for name, bf16 in FORMATS.items():
        found[f"peer {name} {seed}"] = partial(measure_peer, seed=seed, bf16=bf16)
        for plan, steps in runs_of(name):
            settings = {"plan": plan, "steps": steps, "seed": seed, "bf16": bf16}
            key = f"{plan} {name} {seed} {steps}"
            found[key] = partial(measure_ours, **settings)
    return found


def measured(records, seeds: list[int]) -> list[int]:
    """The seeds of which all runs are done."""
    return [seed for seed in seeds if jobs(seed).keys() <= records.keys()]


def runs_of(name: str) -> list[tuple[str, int]]:
    """Our plans and lengths in a format: in fp32 the small network alone."""
    plans = PLANS if name == "bf16" else ("small",)
    return [(plan, steps) for plan in plans for steps in PLANS[plan][2]]


def row(label: str, steps: int, step_cost: float, found: list[float]) -> list[str]:
    """One line of the table: cost, bounds of all seeds, their mean."""
    return [
        label,
        f"{steps:,}",
        f"{steps * step_cost:.1f}",
        " / ".join(f"{value:.2f}" for value in found),
        f"{statistics.mean(found):.2f}",
    ]


def peer_epoch(records, name: str, seeds: list[int], epoch: int) -> list[float]:
    """Bounds of all seeds after an epoch of the peer, the first being 1."""
    return [records[f"peer {name} {seed}"][epoch - 1] for seed in seeds]


def rows(records, seeds: list[int]) -> list[list[str]]:
    """The peer at some epochs, then our runs, in both formats."""
    lines, cost = [], records["cost"]
    for name in FORMATS:
        for epoch in (1, 3, basic_vae.EPOCHS):
            found = peer_epoch(records, name, seeds, epoch)
            label = f"pytorch/examples vae, {name}, epoch {epoch}"
            lines.append(row(label, epoch * EPOCH, cost[f"peer {name}"], found))
    for name in FORMATS:
        for plan, steps in runs_of(name):
            found = our_runs(records, plan, name, seeds, steps)
            label = f"ours, {plan}, {name}"
            lines.append(row(label, steps, cost[f"{plan} {name}"], found))
    return lines


def our_runs(records, plan: str, name: str, seeds: list[int], steps: int):
    """Bounds of all seeds after one of our runs."""
    return [records[f"{plan} {name} {seed} {steps}"] for seed in seeds]


def seconds_to(records, name: str, seeds: list[int], goal: float):
    """Cheapest of our runs whose mean is at most the goal: CPU seconds, or None."""
    costs = [
        steps * records["cost"][f"{plan} {name}"]
        for plan, steps in runs_of(name)
        if statistics.mean(our_runs(records, plan, name, seeds, steps)) <= goal
    ]
    return min(costs, default=None)


def gains(records, seeds: list[int]) -> list[str]:
    """How much less CPU time ours takes to the peer's last epoch and to the goals."""
    lines, cost = [], records["cost"]
    for peer, ours in itertools.product(FORMATS, FORMATS):
        spent = basic_vae.EPOCHS * EPOCH * cost[f"peer {peer}"]
        loading = basic_vae.EPOCHS * EPOCH * cost["peer's loading"]
        reached = statistics.mean(peer_epoch(records, peer, seeds, basic_vae.EPOCHS))
        goal = min(reached, GOAL)
        needed = seconds_to(records, ours, seeds, goal)
        if needed is None:
            lines.append(f"Ours in {ours} does not reach {goal:.2f}.")
            continue
        lines.append(
            f"The peer in {peer} is at {reached:.2f} after {spent:.1f} CPU-s; ours in "
            f"{ours} is at or below {goal:.2f} after {needed:.1f} CPU-s: "
            f"**{spent / needed:.1f} times** less. With the peer's loading, "
            f"{loading:.1f} CPU-s more: {(spent + loading) / needed:.1f} times."
        )
    far = seconds_to(records, "bf16", seeds, FAR_GOAL)
    if far is not None:
        lines.append(f"{FAR_GOAL} nats take ours {far:.1f} CPU-s.")
    return lines


def report(records, seeds: list[int]) -> str:
    """The section of RESULTS.md."""
    seeds = measured(records, seeds)
    head = (
        f"`python benchmarks/vae.py --seeds {' '.join(map(str, seeds))}`; torch "
        f"{records['runtime']['torch']}, one thread; negative ELBO of grey values in "
        "nats, mean over the 10,000 test images, one z each, in float32."
    )
    header = ["program", "steps", "CPU-s", "negative ELBO by seed", "mean"]
    costs = [[name, f"{value:.4f}"] for name, value in records["cost"].items()]
    per_step = table(["program", "CPU seconds a step"], costs)
    parts = [head, table(header, rows(records, seeds)), per_step]
    return "\n\n".join([*parts, *gains(records, seeds)])


if __name__ == "__main__":
    command(__doc__, "VAE", measure, report)
