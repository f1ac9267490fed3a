"""Samples a second that a WaveNet draws: plainly, and with queues.

``python benchmarks/wavenet.py [--samples N] [--clips B ...]``
Untrained networks of 5 to 10 layers, and the shipped width. Printed for each: receptive
field, samples a second of one clip and of B clips at once (all clips counted), on one
thread, by processor time, which a busy machine changes little; and whether both ways
drew the same codes. In theory (Paine et al., 2016) the plain way runs 2^L columns of
a layer for each sample, queues one.
"""

import argparse
import time

import torch

from aigc_helpers.speech import WaveNet, sample_codes, sample_plainly

DEPTHS = 5, 6, 7, 8, 9, 10


def measure(way, network: WaveNet, n_clips: int, length: int):
    """Samples a second of the processor, all clips together, and the codes."""
    given = [i % 10 for i in range(n_clips)], [i % 6 for i in range(n_clips)]
    way(network, *given, 2)  # what is only done once
    start = time.process_time()
    codes = way(network, *given, length)
    return n_clips * length / (time.process_time() - start), codes


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=100, help="of each clip")
    parser.add_argument("--clips", type=int, nargs="+", default=[1, 16])
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("layers  reach  clips  plain/s  queues/s  faster  equal")
    for depth in DEPTHS:
        torch.manual_seed(0)
        network = WaveNet(dilations=tuple(2**i for i in range(depth)))
        for n in options.clips:
            plain, a = measure(sample_plainly, network, n, options.samples)
            queues, b = measure(sample_codes, network, n, options.samples)
            print(
                f"{depth:6}  {network.receptive_field:5}  {n:5}  {plain:7.0f}  "
                f"{queues:8.0f}  {queues / plain:6.1f}  {a.equal(b)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
