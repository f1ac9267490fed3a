"""Kill a process that writes to a store, with SIGKILL; then look what the file holds.

The writer says each run that it has committed. After every kill the file must open and
hold all of these, perhaps one more (killed between the commit and the word), each
whole: its images, parameters, metrics and samples equal to the last bit, and nothing of
an unfinished one. Exit status 1 and what is wrong otherwise.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from aigc_helpers.store import Store

LATENT_DIM, N = 16, 200
MOMENTS = ["while it opens the file", "half-way through a run", "at any time"]


def contents(number: int) -> tuple:
    """Images, history, samples and latent vectors of one run, from its number alone."""
    rng = torch.Generator().manual_seed(number)
    images, samples = (
        torch.randint(256, (N, 1, 28, 28), dtype=torch.uint8, generator=rng)
        for _ in range(2)
    )
    history = {"loss": torch.randn(50, generator=rng).double().tolist()}
    return images, history, samples, torch.randn(N, LATENT_DIM, generator=rng)


def write(path: Path, dies_in: int) -> None:
    """Add runs until killed; kill itself inside run number ``dies_in``."""
    print("opening", flush=True)
    with Store(path, latent_dim=LATENT_DIM) as store:
        number = store.sql("SELECT count(*) FROM runs")[0][0]
        while True:
            images, history, samples, latents = contents(number)
            with store.transaction():
                store.add_images(images, split=f"of_run_{number}")
                run_id = store.add_run("noise", {"number": number}, seed=number)
                store.add_metrics(run_id, history)
                if number == dies_in:
                    os.kill(os.getpid(), signal.SIGKILL)
                store.add_samples(run_id, samples, latents)
            print(number, flush=True)
            number += 1
            if number % 3 == 0:
                store.sql("CHECKPOINT")  # a kill may meet this too


def kill_once(path: Path, moment: str, committed: int, chance: random.Random) -> int:
    """Start a writer and kill it; return the number of runs that it has committed."""
    runs = chance.randrange(1, 6)
    dies_in = committed + runs - 1 if moment == MOMENTS[1] else -1
    command = [
        sys.executable,
        __file__,
        "--write",
        str(path),
        "--dies-in",
        f"{dies_in}",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()  # opening
    if moment == MOMENTS[0]:
        time.sleep(0.1 * chance.random())
    elif moment == MOMENTS[2]:
        for _ in range(runs):
            committed = int(process.stdout.readline()) + 1
        time.sleep(0.1 * chance.random())
    if moment != MOMENTS[1]:
        process.kill()
    said = process.stdout.read().split()  # what it still said
    if process.wait() != -signal.SIGKILL:
        raise SystemExit(f"the writer failed by itself: {process.returncode}")
    return int(said[-1]) + 1 if said else committed


def problems(path: Path, committed: int) -> list[str]:
    """What is missing, too much or different."""
    if not path.exists():
        return [] if committed == 0 else ["the file is gone"]
    with Store(path) as store:
        runs = [row[0] for row in store.sql("SELECT run_id FROM runs ORDER BY run_id")]
        if runs not in (list(range(committed)), list(range(committed + 1))):
            return [f"{committed} runs were committed, the file has {runs}"]
        wrong = [f"run {number} differs" for number in runs if not whole(store, number)]
        counts = [store.sql(f"SELECT count(*) FROM {t}")[0][0] for t in ROWS]
    expected = [len(runs) * n for n in ROWS.values()]
    return wrong + ([f"rows: {counts}, not {expected}"] if counts != expected else [])


ROWS = {"images": N, "runs": 1, "metrics": 50, "samples": N}


def whole(store: Store, number: int) -> bool:
    """Does a run hold what was added, to the last bit?"""
    images, history, samples, latents = contents(number)
    found = store.samples(number)
    values = store.sql(
        "SELECT value FROM metrics WHERE run_id = ? ORDER BY step", number
    )
    return (
        torch.equal(store.images(f"of_run_{number}")[0], images)
        and torch.equal(found.images, samples)
        and torch.equal(found.latents, latents)
        and [value for (value,) in values] == history["loss"]
    )


def parse_arguments():
    """Number of kills and seed of the chance, or the file to write to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--dies-in", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Kill, look, go on with the same file."""
    args = parse_arguments()
    if args.write:
        write(args.write, args.dies_in)
    seed = random.randrange(10**6) if args.seed is None else args.seed
    chance, committed, wrong = random.Random(seed), 0, []
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "runs.duckdb")
        for i in range(args.times):
            moment = MOMENTS[i % len(MOMENTS)]
            said = kill_once(path, moment, committed, chance)
            wrong += problems(path, said)
            if path.exists():
                with Store(path) as store:
                    committed = store.sql("SELECT count(*) FROM runs")[0][0]
            print(f"killed {moment}: {said} runs said, {committed} found")
    print(f"{args.times} kills, {committed} runs, {len(wrong)} problems", *wrong)
    return int(bool(wrong) or (args.times > 2 and committed == 0))


if __name__ == "__main__":
    sys.exit(main())
