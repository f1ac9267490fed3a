"""How far apart are two utterances, whatever their tempo? Dynamic time warping."""

import torch
from torch import nn


def warped_distances(mel, others) -> torch.Tensor:
    """Distances (N,) of an utterance to others after the best alignment in time.

    The distance of two frames is the root mean square of the differences of their
    bands. Of an alignment it is the mean over its path, where a step ahead in both
    utterances counts twice: the symmetric form of Sakoe and Chiba (1978), table I, with
    no limit to the slope. It is 0 for a copy, however often its frames are repeated.

    Parameters
    ----------
    mel : tensor (F, n)
        Log magnitudes in F bands, n frames.
    others : sequence of N tensors (F, m_i)

    Returns
    -------
    float tensor (N,)
        In the unit of ``mel``.
    """
    sizes = torch.tensor([other.shape[1] for other in others])
    padded = nn.utils.rnn.pad_sequence([other.T for other in others], True)  # (N, m, F)
    exactly = "donot_use_mm_for_euclid_dist"  # a product of matrices leaves 1e-3 of 0
    gap = torch.cdist(mel.T[None], padded, compute_mode=exactly)  # (N, n, m)
    total = cheapest_paths(gap / len(mel) ** 0.5)
    ends = total.gather(1, sizes[:, None] - 1)[:, 0]
    return ends / (mel.shape[1] + sizes)


def cheapest_paths(gap) -> torch.Tensor:
    """Cost (N, m) of the best path through gaps (N, n, m) to each end in the last row.

    g(i, j) = min(g(i-1, j) + d, g(i-1, j-1) + 2 d, g(i, j-1) + d), d the gap at (i, j);
    the path starts with 2 d at (0, 0).
    """
    n, m = gap.shape[1:]
    row = gap[:, 0].cumsum(1) + gap[:, 0, :1]  # (N, m)
    for i in range(1, n):
        d = gap[:, i]  # (N, m)
        below = row + d
        below[:, 1:] = torch.minimum(below[:, 1:], row[:, :-1] + 2 * d[:, 1:])
        # along the row: g_j = min(below_j, g_(j-1) + d_j), by sums of d up to j
        along = d.cumsum(1)
        row = (below - along).cummin(1).values + along
    return row
