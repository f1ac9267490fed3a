"""Quality against CPU time: the book's LSTM beside char-rnn and nanoGPT on a CPU.

``python benchmarks/rnn.py [--seeds 0 1 2]`` (needs tiny Shakespeare; about 25 minutes,
most of them the peers'; stop and start again at will) and a section of RESULTS.md.

- The last tenth of tiny Shakespeare is held out; the figure is bits per character on
  all of it, in float32, for everybody.
- All at one thread, in one process. CPU seconds are steps times the median CPU time of
  a step, and that is measured for all programs in turns, a few steps each, so that a
  noisy neighbour slows all of them alike.
- The peers run in float32, as they do, and in bfloat16 too if that is faster.
"""

import os
import statistics
import time

import char_peers as peers
import torch
from report import Records, command, table

from aigc_helpers import language, rnn
from aigc_helpers.data.text import load_texts
from aigc_helpers.data.vocabulary import Vocabulary
from aigc_helpers.runtime import describe_runtime, set_seed

FORMATS = {"fp32": False, "bf16": True}
PLANS = (400, 800, 1200, 1600, 2400, 3600)  # lengths of our runs, each from scratch
CHAR_RNN_SECONDS = (20, 30, 60)
GPT_PLANS = (1000, peers.GPT_STEPS)
RECIPE = {"batch_size": 32, "length": 32, "lr": 1e-2}
PEERS = {
    "char-rnn": (peers.train_char_rnn, peers.char_rnn_bits),
    "nanoGPT": (peers.train_gpt, peers.gpt_bits),
}


class Shakespeare:
    """Training and held-out tokens, int64."""

    def __init__(self):
        texts = load_texts("shakespeare")
        vocabulary = Vocabulary(sorted(set(texts.train[0] + texts.test[0])))
        self.n_tokens = len(vocabulary)
        self.train, self.test = (
            torch.tensor(vocabulary.encode(part[0]))
            for part in (texts.train, texts.test)
        )


def train_ours(text, *, steps: int, seed: int, watch=None):
    """The recipe of chapter 07."""
    set_seed(seed)
    model = rnn.StreamLM(text.n_tokens)
    return language.train_stream(
        model, text.train, steps=steps, seed=seed, watch=watch, **RECIPE
    )[0]


def time_ours(text, bf16: bool, n: int) -> list[float]:
    """CPU seconds of n steps."""
    stamps = []
    os.environ["AIGC_BF16"] = str(int(bf16))
    train_ours(
        text,
        steps=n + 1,
        seed=0,
        watch=lambda *_: stamps.append(time.process_time()),
    )
    os.environ.pop("AIGC_BF16")
    return differences(stamps)


def time_peer(steps, n: int) -> list[float]:
    """CPU seconds of n steps of a training that goes on for ever."""
    stamps = [time.process_time()]
    for _ in range(n):
        next(steps)
        stamps.append(time.process_time())
    return differences(stamps)


def differences(stamps: list[float]) -> list[float]:
    """Times between neighbours."""
    return [b - a for a, b in zip(stamps, stamps[1:], strict=False)]


def cost_per_step(text, *, rounds: int = 9, n: int = 12) -> dict[str, float]:
    """Median CPU seconds of one step of each program, measured in turns."""
    programs = {}
    for name, bf16 in FORMATS.items():
        programs[f"ours {name}"] = lambda bf16=bf16: time_ours(text, bf16, n)
        for peer, (train, _) in PEERS.items():
            steps = train(text.train, text.n_tokens, seed=0, bf16=bf16)
            programs[f"{peer} {name}"] = lambda steps=steps: time_peer(steps, n)
    times = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name, program in programs.items():
            found = program()
            if turn:  # the first round warms up
                times[name] += found
    return {name: statistics.median(found) for name, found in times.items()}


def measure_ours(text, seed: int, steps: int) -> float:
    """Bits per character after one whole run of that length."""
    bits = language.bits_per_character(
        train_ours(text, steps=steps, seed=seed), text.test
    )
    print(f"ours seed {seed}, {steps} steps: {bits:.4f}", flush=True)
    return bits


def measure_peer(text, name: str, seed: int, bf16: bool, plans) -> list[dict]:
    """Bits per character after each of so many steps of one run."""
    train, judge = PEERS[name]
    found, steps = [], train(text.train, text.n_tokens, seed=seed, bf16=bf16)
    for done in range(1, max(plans) + 1):
        model = next(steps)
        if done in plans:
            found.append({"steps": done, "bits": judge(model, text.test)})
            print(f"{name} seed {seed}, bf16 {bf16}: {found[-1]}", flush=True)
    return found


def plans_of(name: str, cost: float) -> list[int]:
    """After how many steps a peer is judged."""
    if name == "nanoGPT":
        return list(GPT_PLANS)
    return [round(seconds / cost) for seconds in CHAR_RNN_SECONDS]


def formats_of(name: str, cost: dict) -> dict[str, bool]:
    """float32, and bfloat16 if it makes this program faster."""
    faster = cost[f"{name} bf16"] < cost[f"{name} fp32"]
    return FORMATS if faster else {"fp32": False}


def measure(seeds: list[int]) -> Records:
    """Everything that is not yet in the records."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    records, text = Records("rnn"), Shakespeare()
    keep = records.keep
    keep("runtime", describe_runtime)
    cost = keep("cost", cost_per_step, text)
    for seed in seeds:
        for steps in PLANS:
            keep(f"ours {seed} {steps}", measure_ours, text, seed, steps)
        for name in PEERS:
            for label, bf16 in formats_of(name, cost).items():
                plans = plans_of(name, cost[f"{name} {label}"])
                key = f"{name} {label} {seed}"
                keep(key, measure_peer, text, name, seed, bf16, plans)
    return records


def seeds_of(records: Records, prefix: str, seeds: list[int], last="") -> list:
    """Records of one program, of the seeds that have been measured."""
    keys = [f"{prefix} {seed}{last}" for seed in seeds]
    return [records[key] for key in keys if key in records]


def row(label: str, steps: int, step_cost: float, bits: list[float]) -> list[str]:
    """One line of the table: cost, figures of all seeds, their mean."""
    return [
        label,
        f"{steps:,}",
        f"{steps * step_cost:.1f}",
        " / ".join(f"{value:.3f}" for value in bits),
        f"{statistics.mean(bits):.3f}",
    ]


def peer_rows(records: Records, seeds: list[int]) -> list[list[str]]:
    """Each peer in each format that was measured."""
    rows = []
    for name in PEERS:
        for label in FORMATS:
            found = seeds_of(records, f"{name} {label}", seeds)
            cost = records["cost"][f"{name} {label}"]
            for at in zip(*found, strict=True):
                bits = [one["bits"] for one in at]
                rows.append(row(f"{name}, {label}", at[0]["steps"], cost, bits))
    return rows


def our_rows(records: Records, seeds: list[int]) -> list[list[str]]:
    """Our runs of each length."""
    cost = records["cost"]["ours bf16"]
    found = {steps: seeds_of(records, "ours", seeds, f" {steps}") for steps in PLANS}
    return [
        row("ours, bf16", steps, cost, bits) for steps, bits in found.items() if bits
    ]


def gains(records: Records, seeds: list[int]) -> list[str]:
    """What part of a peer's CPU time our shortest run takes that is as good."""
    cost, lines = records["cost"], []
    for name in PEERS:
        for label in FORMATS:
            found = seeds_of(records, f"{name} {label}", seeds)
            if not found:
                continue
            goal = statistics.mean(run[-1]["bits"] for run in found)
            spent = found[0][-1]["steps"] * cost[f"{name} {label}"]
            lines.append(gain(f"{name}, {label}", goal, spent, records, seeds))
    return lines


def gain(label: str, goal: float, spent: float, records, seeds) -> str:
    """One sentence on one peer."""
    for steps in PLANS:
        bits = seeds_of(records, "ours", seeds, f" {steps}")
        if bits and statistics.mean(bits) <= goal:
            needed = steps * records["cost"]["ours bf16"]
            return (
                f"{label}: {goal:.3f} bits after {spent:.0f} CPU-s; ours in bf16 is "
                f"there ({statistics.mean(bits):.3f}) after {steps:,} steps, "
                f"{needed:.1f} CPU-s: **{needed / spent:.0%}** of its time."
            )
    return f"{label}: none of our runs reaches {goal:.3f}."


def report(records: Records, seeds: list[int]) -> str:
    """The section of RESULTS.md: what has been measured so far."""
    header = ["program", "steps", "CPU-s", "bits per character by seed", "mean"]
    costs = [[name, f"{1000 * value:.2f}"] for name, value in records["cost"].items()]
    head = (
        f"`python benchmarks/rnn.py --seeds {' '.join(map(str, seeds))}`; torch "
        f"{records['runtime']['torch']}, one thread; tiny Shakespeare, bits per "
        "character on the last tenth, all of it, read in float32. The peers in float32 "
        "as they are, and in bfloat16 where it makes them faster."
    )
    per_step = table(["program", "CPU milliseconds a step"], costs)
    rows = peer_rows(records, seeds) + our_rows(records, seeds)
    return "\n\n".join([head, table(header, rows), per_step, *gains(records, seeds)])


if __name__ == "__main__":
    command(__doc__, "RNN", measure, report)
