"""What subjects with images share: scales, classes, shapes, pieces, ways through z."""

import torch
import torch.nn.functional as F


def to_unit(pixels):
    """uint8 pixels (0..255) to float32 in [0, 1]; float data are left as they are."""
    return pixels / 255 if pixels.dtype == torch.uint8 else pixels


def to_signed(x):
    """uint8 pixels (0..255) to float32 in [-1, 1]; float data are left as they are."""
    return x / 127.5 - 1 if x.dtype == torch.uint8 else x


def one_hot(labels, n_classes: int = 10):
    """int64 classes (B,) to float32 rows (B, n_classes)."""
    return F.one_hot(labels, n_classes).float()


def require_shape(name: str, value, size: int) -> None:
    """Raise a ValueError that names both sizes unless ``value`` is (B, size)."""
    if value.ndim != 2 or value.shape[1] != size:
        raise ValueError(
            f"{name} must have shape (B, {size}), got {tuple(value.shape)}: the "
            f"network was built for {size} values a row; pass as many, or build it anew"
        )


def require_images(images, image_shape: tuple[int, int, int]) -> None:
    """Raise a ValueError unless ``images`` are floats of a network's (C, H, W).

    Parameters
    ----------
    images : float tensor (B, C, H, W)
    image_shape : (C, H, W)
        What the network was built for: its ``image_shape``.
    """
    expected = ", ".join(map(str, image_shape))
    if images.ndim != 4 or images.shape[1:] != image_shape:
        raise ValueError(
            f"images must be (B, {expected}), got {tuple(images.shape)}: the network "
            "was built for these channels, height and width"
        )
    if not images.is_floating_point():
        raise ValueError(f"images are {images.dtype}; divide uint8 pixels by 255")


def require_unit_range(images) -> None:
    """Raise a ValueError unless there are images, with all pixels in [0, 1]."""
    if len(images) == 0:
        raise ValueError("there are no images; pass 1 or more")
    low, high = images.aminmax()
    if not (low >= 0 and high <= 1):
        raise ValueError(
            f"pixels must be in [0, 1], got [{low:.3g}, {high:.3g}]; map tanh outputs "
            "by (x + 1) / 2 and look for NaN"
        )


def in_chunks(function, *rows, batch_size: int = 500):
    """``function(*rows)`` made of pieces of up to ``batch_size`` rows, joined again.

    Parameters
    ----------
    function : callable
        Takes as many tensors as there are ``rows``; returns a tensor (B, ...), or a
        tuple of them.
    rows : tensors (N, ...), or None
        What is None is left out: a class that a network does not take.
    batch_size : int
        For what does not fit into memory at once.
    """
    pieces = [t.split(batch_size) for t in rows if t is not None]
    parts = [function(*piece) for piece in zip(*pieces, strict=True)]
    if torch.is_tensor(parts[0]):
        return torch.cat(parts)  # (N, ...)
    return tuple(torch.cat(part) for part in zip(*parts, strict=True))


def linear_interpolation(a, b, t):
    """Points on the line from a (D,) to b (D,) at fractions t (T,), (T, D)."""
    return torch.lerp(a, b, t[:, None])


def spherical_interpolation(a, b, t):
    """Points on the great arc from a (D,) to b (D,) at fractions t (T,): (T, D).

    White (2016), "Sampling Generative Networks", section 2.1. A straight line passes
    too close to the origin, where a Gaussian in many dimensions puts almost no mass.
    """
    cosine = F.cosine_similarity(a, b, dim=0).clamp(-1 + 1e-6, 1 - 1e-6)
    omega = torch.arccos(cosine)
    t = t[:, None]  # (T, 1)
    return (torch.sin((1 - t) * omega) * a + torch.sin(t * omega) * b) / omega.sin()


def strongest_directions(matrix, n: int):
    """Unit vectors (n, D) that a linear map (F, D) stretches most, strongest first.

    Of a first layer ``A z + b`` with z from N(0, I) these are the principal components
    of its activations: the right singular vectors of A (the closed form of Shen and
    Zhou, 2021, for what Haerkoenen et al., 2020, do by sampling). The sign is chosen so
    that the largest component is positive.

    Raises
    ------
    ValueError
        If n is not in 1..D.
    """
    if not 0 < n <= matrix.shape[1]:
        raise ValueError(f"n_directions must be in 1..{matrix.shape[1]}, got {n}")
    _, _, components = torch.linalg.svd(matrix, full_matrices=False)
    directions = components[:n]
    largest = directions.gather(1, directions.abs().argmax(dim=1, keepdim=True))
    return directions * largest.sign()  # (n, D)
