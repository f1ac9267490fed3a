"""Samples a second that a WaveNet draws: plainly, and with queues.

``python benchmarks/wavenet.py [--samples N] [--clips B ...]``
Untrained networks of 5 to 10 layers, of the shipped width. For each: receptive field,
samples a second of one clip and of B clips at once (all clips counted), on one thread,
by processor time, which a busy machine changes little; and whether both ways drew the
same codes. In theory (Paine et al., 2016) the plain way runs 2^L columns of a layer for
each sample, queues one.
"""

import argparse
import time

import report
import torch

from aigc_helpers.speech import WaveNet, sample_codes, sample_plainly

DEPTHS = 5, 6, 7, 8, 9, 10
HEADER = [
    *("layers", "receptive field", "clips at once"),
    *("plainly, samples/s", "with queues, samples/s", "faster", "same codes"),
]


def measure(way, network: WaveNet, n_clips: int, length: int):
    """Samples a second of the processor, all clips together, and the codes."""
    given = [i % 10 for i in range(n_clips)], [i % 6 for i in range(n_clips)]
    way(network, *given, 2)  # what is only done once
    start = time.process_time()
    codes = way(network, *given, length)
    return n_clips * length / (time.process_time() - start), codes


def row_of(depth: int, n_clips: int, length: int) -> list:
    """One line of the table."""
    torch.manual_seed(0)
    network = WaveNet(dilations=tuple(2**i for i in range(depth)))
    plain, a = measure(sample_plainly, network, n_clips, length)
    queues, b = measure(sample_codes, network, n_clips, length)
    return [
        *(depth, network.receptive_field, n_clips),
        *(f"{plain:,.0f}", f"{queues:,.0f}", f"{queues / plain:.1f}"),
        "yes" if a.equal(b) else "**no**",
    ]


def main() -> None:
    """Measure, print, write the section of RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=100, help="of each clip")
    parser.add_argument("--clips", type=int, nargs="+", default=[1, 16])
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for depth in DEPTHS:
        for n_clips in options.clips:
            rows.append(row_of(depth, n_clips, options.samples))
            print(*rows[-1], flush=True)
    head = (
        f"`python benchmarks/wavenet.py --samples {options.samples}`; torch "
        f"{torch.__version__}, one thread, processor time, float64; "
        f"{options.samples} samples a clip of untrained networks."
    )
    report.write_section("WaveNet", f"{head}\n\n{report.table(HEADER, rows)}")


if __name__ == "__main__":
    main()
