"""Kill a training with SIGKILL at random, go on, and compare with an unbroken run.

Every kill hits a run that has the last checkpoint to start from. In the end all of the
run (weights, averages, optimizers, random generator, history) must be bit-equal to
that of a run nobody killed. Exit status 1 and a list of differences otherwise.
"""

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import save_file

from aigc_helpers import gan
from aigc_helpers.training import checkpoint
from aigc_helpers.training.checkpoint import read_checkpoint

FORK = multiprocessing.get_context("fork")  # torch is imported once


def train(file: Path, steps: int, reached, dies_in_save: bool = False) -> None:
    """A small conditional GAN with BatchNorm on random images; tells its steps."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if dies_in_save:
        checkpoint.save_file = die_half_written
    gan.train_gan(
        gan.ConditionalGenerator(4, width=4),
        gan.ConditionalDiscriminator(width=2),
        torch.randint(256, (32, 1, 28, 28), dtype=torch.uint8),
        torch.arange(32) % 10,
        steps=steps,
        batch_size=4,
        watch=lambda step, _: setattr(reached, "value", step),
        checkpoint=file,
    )


def die_half_written(tensors, path, metadata) -> None:
    """Write half of a checkpoint, then die by SIGKILL."""
    save_file(tensors, path, metadata=metadata)
    os.truncate(path, path.stat().st_size // 2)
    os.kill(os.getpid(), signal.SIGKILL)


def start(file: Path, steps: int, **options):
    """Process that trains, and the shared number of the step it has reached."""
    reached = FORK.Value("i", -1)
    process = FORK.Process(target=train, args=(file, steps, reached), kwargs=options)
    process.start()
    return process, reached


def run_unbroken(file: Path, steps: int) -> None:
    """Train in a process of its own; raise if it fails."""
    process, _ = start(file, steps)
    process.join()
    if process.exitcode:
        raise SystemExit(f"the training itself failed: exit code {process.exitcode}")


def kill_once(file: Path, steps: int, chance: random.Random) -> str:
    """Start or go on, and kill: at a random step, or in the middle of a save."""
    before = read_checkpoint(file)[1]["step"] if file.exists() else 0
    in_a_save = chance.random() < 1 / 3
    process, reached = start(file, steps, dies_in_save=in_a_save)
    target = chance.randrange(before, min(before + 150, steps))
    while process.is_alive() and (in_a_save or reached.value < target):
        time.sleep(0.001)
    time.sleep(0.003 * chance.random())  # anywhere in the step
    process.kill()
    process.join()
    if process.exitcode == 0:
        return "came too late: complete"
    if process.exitcode != -signal.SIGKILL:
        raise SystemExit(f"the training failed by itself: {process.exitcode}")
    place = "half-way through a save" if in_a_save else "in a step"
    return f"killed {place}: step {reached.value}, started from {before}"


def differences(file_a: Path, file_b: Path) -> list[str]:
    """Names of all tensors and facts that are not bit-equal in two checkpoints."""
    (tensors_a, facts_a), (tensors_b, facts_b) = map(read_checkpoint, (file_a, file_b))
    names = sorted(tensors_a.keys() | tensors_b.keys())
    wrong = [
        name
        for name in names
        if name not in tensors_a
        or name not in tensors_b
        or not torch.equal(tensors_a[name], tensors_b[name])
    ]
    return wrong + [k for k in facts_a if facts_a[k] != facts_b.get(k)]


def parse_arguments():
    """Number of kills, length of the run, seed of the chance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=None)
    return parser.parse_args()


def main() -> int:
    """Run both and compare."""
    args = parse_arguments()
    seed = random.randrange(10**6) if args.seed is None else args.seed
    chance, kills = random.Random(seed), 0
    print(f"seed {seed}")
    torch.optim.AdamW([torch.zeros(1)])  # its imports, once for all runs
    with tempfile.TemporaryDirectory() as folder:
        unbroken, broken = Path(folder, "a", "run"), Path(folder, "b", "run")
        run_unbroken(unbroken, args.steps)
        for _ in range(20 * args.times):
            place = kill_once(broken, args.steps, chance)
            kills += place.startswith("killed")
            print(place)
            if kills == args.times:
                break
            if not place.startswith("killed"):
                broken.unlink()  # nothing left to kill: from the start
        run_unbroken(broken, args.steps)
        wrong = differences(unbroken, broken)
    print(f"{kills} kills, {len(wrong)} differences", *wrong)
    return int(bool(wrong) or kills < args.times)


if __name__ == "__main__":
    sys.exit(main())
