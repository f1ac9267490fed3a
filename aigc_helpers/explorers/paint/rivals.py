"""What a network's filling is measured against: a mean picture, a smooth surface.

``laplace.js`` solves the same equation on the page.
"""

import numpy as np

from aigc_helpers.reader import Mistake

_WAYS = ((-1, 0), (1, 0), (0, -1), (0, 1))


def smooth_filling(image: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Fill a hole with the smoothest surface that meets its rim.

    Laplace's equation with five points, ``sum over neighbours q of (u_p - u_q) = 0``
    at each pixel p of the hole: known pixels at the rim are kept (Dirichlet), nothing
    flows over the edge of the picture (Neumann). It is the membrane of Pérez, Gangnet
    and Blake (2003), their equation 2.

    Parameters
    ----------
    image : array (H, W)
        In [0, 1]; what lies inside the hole does not matter.
    hole : bool array (H, W)

    Returns
    -------
    array (H, W), float64

    Raises
    ------
    Mistake
        If all is hole: without a rim the equation has no single solution.
    """
    from scipy.sparse import csr_array  # slow to import, seldom needed
    from scipy.sparse.linalg import spsolve

    filled = np.array(image, np.float64)
    if hole.all():
        raise Mistake(
            "the whole picture is a hole: there is no rim to start from",
            "整张照片都是洞：光滑填补没有边界，解不出来。留下几个像素再试。",
        )
    if hole.any():
        rows, columns, values, known = _equations(filled, hole)
        matrix = csr_array((values, (rows, columns)), shape=(len(known),) * 2)
        filled[hole] = spsolve(matrix.tocsc(), known)
    return filled


def _equations(image: np.ndarray, hole: np.ndarray) -> tuple[np.ndarray, ...]:
    """The sparse matrix (rows, columns, values) of n unknowns, and the right side (n,).

    Row p has the number of p's neighbours on the diagonal and -1 for each of those in
    the hole; the right side is the sum of the others.
    """
    n, unknown = int(hole.sum()), np.full(hole.shape, -1)
    unknown[hole] = np.arange(n)
    places = np.argwhere(hole)  # (n, 2)
    degree, known, rows, columns = np.zeros(n), np.zeros(n), [], []
    for way in _WAYS:
        there = places + way
        inside = ((there >= 0) & (there < hole.shape)).all(axis=1)
        y, x = there[inside].T
        source, target = np.flatnonzero(inside), unknown[y, x]
        degree[source] += 1
        known[source] += np.where(target < 0, image[y, x], 0)
        rows.append(source[target >= 0])
        columns.append(target[target >= 0])
    rows = np.concatenate([np.arange(n), *rows])
    columns = np.concatenate([np.arange(n), *columns])
    return rows, columns, np.concatenate([degree, -np.ones(len(rows) - n)]), known


def root_mean_squared_error(
    answer: np.ndarray, image: np.ndarray, hole: np.ndarray
) -> float:
    """Over the pixels of the hole, in grey levels of 0..1; NaN without a hole."""
    if not hole.any():
        return float("nan")
    return float(np.sqrt(np.mean((answer - image)[hole] ** 2)))
