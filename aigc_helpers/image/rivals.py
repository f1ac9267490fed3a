"""What a network of chapter 08 has to beat: linear maps, fitted in a second."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from aigc_helpers.pixels import require_images

ALPHAS = (0.1, 1.0, 10.0, 30.0, 100.0, 300.0)
NOISES = (0.03, 0.06, 0.1, 0.2, 0.3, 0.6, 1.0)  # that a linear filler is tried with
FOLDS = 5


def fit_ridge(inputs, outputs, people, alphas: Sequence[float] = ALPHAS):
    """Ridge regression (Hoerl and Kennard, 1970), alpha chosen over people.

    Each candidate is fitted without a fifth of the people and tried on them: with the
    photographs of one person on both sides, far too small an alpha would win.

    Parameters
    ----------
    inputs, outputs : tensors (N, ...)
        Flattened row by row.
    people : tensor (N,)
        Whose photograph each row is.

    Returns
    -------
    predict : callable
        Inputs (M, ...) to outputs (M, ...), float32.
    alpha : float
    """
    from sklearn.linear_model import Ridge  # slow to import, seldom needed
    from sklearn.model_selection import GridSearchCV, GroupKFold

    search = GridSearchCV(
        Ridge(),
        {"alpha": list(alphas)},
        cv=GroupKFold(FOLDS),
        scoring="neg_mean_squared_error",
    )
    rows = inputs.flatten(1).numpy(), outputs.flatten(1).numpy()  # (N, F), (N, G)
    search.fit(*rows, groups=people.numpy())
    shape = outputs.shape[1:]

    def predict(inputs):
        rows = search.predict(inputs.flatten(1).numpy())  # (M, G)
        return torch.from_numpy(rows).float().reshape(-1, *shape)

    return predict, search.best_params_["alpha"]


class LinearFiller:
    """The best linear guess at any hole: what a Gaussian of all pixels expects there.

    Pictures are taken for ``x = mean + W z + noise`` with z from N(0, I) (probabilistic
    principal components, Tipping and Bishop, 1999). Given the pixels outside a hole,
    ``z = (W_o^T W_o + s I)^-1 W_o^T (x_o - mean_o)`` where o are the known ones. For a
    hole that is fixed this is ridge regression; here every hole may be another.

    Parameters
    ----------
    pictures : float tensor (N, 1, H, W), in [0, 1]
    rank : int
        Columns of W, the strongest directions.
    noise : float
        s: the more, the closer to the mean; see `choose_noise`.
    """

    def __init__(self, pictures, rank: int = 200, noise: float = 0.1):
        self.image_shape, self.noise = tuple(pictures.shape[1:]), noise
        rows = pictures.flatten(1)  # (N, F)
        self.mean = rows.mean(dim=0)
        _, sizes, axes = torch.linalg.svd(rows - self.mean, full_matrices=False)
        rank = min(rank, len(sizes))
        self.directions = axes[:rank].T * sizes[:rank] / len(rows) ** 0.5  # (F, rank)

    def __call__(self, image, hole):
        """Pictures (B, 1, H, W), and holes for all or one hole, to pictures."""
        require_images(image, self.image_shape)
        known = 1 - hole.expand_as(image).flatten(1)  # (B, F)
        seen = (image.flatten(1) - self.mean) * known
        pairs = zip(seen, known, strict=True)
        codes = torch.stack([self._code(*pair) for pair in pairs])  # (B, rank)
        filled = self.mean + codes @ self.directions.T
        return filled.view_as(image)

    def _code(self, seen, known):
        """Codes (rank,) of a picture of which the pixels ``known`` (F,) are seen."""
        w = self.directions[known > 0]
        identity = torch.eye(w.shape[1])
        return torch.linalg.solve(
            w.T @ w + self.noise * identity, w.T @ seen[known > 0]
        )


def choose_noise(pictures, people, hole, noises: Sequence[float]) -> float:
    """The ``noise`` of a `LinearFiller` that fills best for people it has not seen.

    Parameters
    ----------
    pictures : float tensor (N, 1, H, W), in [0, 1]
    people : tensor (N,)
        A fifth of them is left out in turn.
    hole : tensor (N, 1, H, W) or (1, 1, H, W)
    noises : sequence of float
        Above 0; 0.03 to 1 for faces.
    """
    hole, total = hole.expand_as(pictures), dict.fromkeys(noises, 0.0)
    parts = people.unique().tensor_split(FOLDS)
    for part in parts:
        out = torch.isin(people, part)
        filler = LinearFiller(pictures[~out])
        for noise in noises:
            filler.noise = noise
            error = filler(pictures[out], hole[out]) - pictures[out]
            total[noise] += float((error.square() * hole[out]).sum())
    return min(total, key=total.get)


def neighbourhoods(images, side: int = 5):
    """(N, 1, H, W) to (N * H * W, side * side): each pixel with those around it."""
    margin = (side // 2,) * 4
    padded = F.pad(images, margin, mode="replicate")
    return F.unfold(padded, side).transpose(1, 2).flatten(0, 1)
