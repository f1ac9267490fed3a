"""What subjects with images share: scales, classes, shapes, pieces, ways through z."""

from numbers import Real

import torch
import torch.nn.functional as F

from aigc_helpers.reader import Mistake, wrong


def to_unit(pixels):
    """uint8 pixels (0..255) to float32 in [0, 1]; floats must lie there already."""
    if pixels.dtype == torch.uint8:
        return pixels / 255
    if pixels.numel():
        low, high = (float(value) for value in pixels.aminmax())
        if low < 0 or high > 1:  # NaN is left to what uses it
            raise _out_of_unit(low, high)
    return pixels


def to_signed(x):
    """uint8 pixels (0..255) to float32 in [-1, 1]; float data are left as they are."""
    return x / 127.5 - 1 if x.dtype == torch.uint8 else x


def one_hot(labels, n_classes: int = 10):
    """int64 classes (B,) to float32 rows (B, n_classes)."""
    if not torch.is_tensor(labels) or labels.dtype != torch.int64:
        raise Mistake(
            f"classes must be an int64 tensor (B,), not {labels!r}",
            f"类别应当是整数的张量，例如 torch.tensor([3])，不是 {labels!r}。",
        )
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < n_classes:
        raise Mistake(
            f"classes must be in 0..{n_classes - 1}, got {labels.tolist()}",
            f"类别从 0 到 {n_classes - 1}，这里是 {labels.tolist()}。",
        )
    return F.one_hot(labels, n_classes).float()


def require_shape(name: str, value, size: int) -> None:
    """Raise a ValueError that names both sizes unless ``value`` is (B, size)."""
    if value.ndim != 2 or value.shape[1] != size:
        raise Mistake(
            f"{name} must have shape (B, {size}), got {tuple(value.shape)}: the "
            f"network was built for {size} values a row; pass as many, or build it "
            "anew",
            f"{name} 的形状是 {tuple(value.shape)}，这个网络要 (B, {size})："
            f"每行 {size} 个数。照这个数给，或者重新造网络。",
        )


def require_class(y, n_classes: int) -> None:
    """Raise a Mistake unless one-hot classes ``y`` are given where a network has some.

    Parameters
    ----------
    y : tensor (B, n_classes), or None
    n_classes : int
        0 for a network without classes.
    """
    if y is None and n_classes:
        raise Mistake(
            f"y is missing: this network needs the one-hot class (B, {n_classes})",
            "忘了给类别：这个网络要知道每张图是哪一类，在后面加上 one_hot(标签)，"
            f"形状 (B, {n_classes})。",
        )
    if y is not None and not n_classes:
        raise Mistake(
            "y was given, but this network takes no class: leave y out, or build it "
            "with n_classes=10",
            "这个网络不分类别，用不上 y：去掉它，或者造网络时写 n_classes=10。",
        )
    if n_classes:
        require_shape("y", y, n_classes)


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
        raise Mistake(
            f"images must be (B, {expected}), got {tuple(images.shape)}: the network "
            "was built for these channels, height and width",
            f"图像的形状是 {tuple(images.shape)}，这个网络要 (B, {expected})。"
            "只有一张图，写 images[:1]，不写 images[0]。",
        )
    if not images.is_floating_point():
        raise Mistake(
            f"images are {images.dtype}; divide uint8 pixels by 255",
            f"图像的类型是 {images.dtype}，这里要 0 到 1 的小数：先除以 255。",
        )


def require_unit_range(images) -> None:
    """Raise a ValueError unless there are images, with all pixels in [0, 1]."""
    if len(images) == 0:
        raise Mistake(
            "there are no images; pass 1 or more", "一张图也没有，至少要一张。"
        )
    low, high = images.aminmax()
    if not (low >= 0 and high <= 1):
        raise _out_of_unit(float(low), float(high))


def _out_of_unit(low: float, high: float) -> Mistake:
    return Mistake(
        f"pixels must be in [0, 1], got [{low:.3g}, {high:.3g}]; map tanh outputs "
        "by (x + 1) / 2 and look for NaN",
        f"像素应当在 0 到 1 之间，这里从 {low:.3g} 到 {high:.3g}：0 到 255 的先除"
        "以 255，tanh 的输出用 (x + 1) / 2 换算；再看看有没有 NaN。",
    )


def require_training_set(
    data, labels, network, *, lowest: int, n_classes: int = 0
) -> None:
    """Raise a Mistake unless a network can be trained on these data and labels.

    Parameters
    ----------
    data : tensor (N, ...)
        uint8 images, floats in [``lowest``, 1] of the same shape, or rows of floats.
    labels : int64 tensor (N,), or None
        Only and always for a network with classes.
    network : nn.Module
    lowest : int
        Of the pixels that the network works with: 0, or -1 if they come out of a tanh.
    n_classes : int
        Of a network that does not say it itself, as ``n_classes``.
    """
    if not torch.is_tensor(data) or len(data) == 0:
        raise Mistake(
            f"data must be a tensor of 1 image or more, not {type(data).__name__}",
            "data 要写张量，至少有一张图，例如 train.images。",
        )
    if data.ndim == 4:
        _require_scale(data, lowest)
    n_classes = getattr(network, "n_classes", n_classes)
    if (labels is None) == bool(n_classes):
        _complain_of_labels(network, missing=labels is None)
    if labels is not None:
        _require_labels(labels, len(data), n_classes)


def _require_scale(images, lowest: int) -> None:
    """Raise unless images are uint8, or floats that fill [lowest, 1]."""
    if images.dtype == torch.uint8:
        return
    low, high = (float(value) for value in images.aminmax())
    meant = "0 到 255 的 uint8，或者 " + ("-1 到 1" if lowest else "0 到 1") + " 的小数"
    if low < lowest or high > 1 or (lowest < 0 <= low):
        raise Mistake(
            f"pixels are {images.dtype} in [{low:.3g}, {high:.3g}]; pass uint8, or "
            f"floats in [{lowest}, 1]",
            f"像素是 {low:.3g} 到 {high:.3g} 的 {images.dtype}，这里要{meant}。"
            "直接给 train.images，不用先除以 255。",
        )


def _complain_of_labels(network, *, missing: bool) -> None:
    name = type(network).__name__
    if missing:
        raise Mistake(
            f"labels are missing: {name} draws what it is told; pass labels (N,)",
            f"忘了给标签：{name} 是条件网络，要知道每张图是哪一类。"
            "在图像后面加上标签，例如 train.labels。",
        )
    raise Mistake(
        f"{name} takes no classes: leave labels out, or build a conditional network",
        f"{name} 不分类别，用不上标签：去掉标签，或者换成条件网络。",
    )


def _require_labels(labels, n: int, n_classes: int) -> None:
    """Raise unless labels are n whole numbers in 0..n_classes - 1."""
    fits = torch.is_tensor(labels) and labels.shape == (n,)
    if not fits or labels.dtype != torch.int64:
        raise Mistake(
            f"labels must be an int64 tensor ({n},), one for each image",
            f"标签应当是 {n} 个整数的张量（int64），每张图一个。",
        )
    low, high = labels.aminmax()
    if low < 0 or high >= n_classes:
        raise Mistake(
            f"labels are in {low}..{high}, the network has classes 0..{n_classes - 1}",
            f"标签从 {low} 到 {high}，这个网络只有 0 到 {n_classes - 1} 类。",
        )


def require_not_negative(**weights) -> None:
    """Raise a Mistake that names the first weight of a loss that is below 0.

    What changes with the steps, a callable, is left to itself.
    """
    for name, value in weights.items():
        if torch.is_tensor(value) and value.ndim == 0:
            value = value.item()
        fits = isinstance(value, Real) and value >= 0
        if not callable(value) and not fits:
            text = f"{name} must be 0 or more, not {value}"
            raise wrong(text, name, value, "0 或正数：负的权重会让这一项越大越好")


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
    rows = [row for row in rows if row is not None]
    if not all(torch.is_tensor(row) and row.ndim for row in rows):
        kinds = [type(row).__name__ for row in rows]
        raise Mistake(
            f"rows must be tensors (N, ...), not {kinds}",
            f"这里要张量，例如 train.images、torch.randn(10, 16)，不是 {kinds}。",
        )
    pieces = [row.split(batch_size) for row in rows]
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
        text = f"n_directions must be in 1..{matrix.shape[1]}, got {n}"
        raise wrong(text, "n_directions", n, f" 1 到 {matrix.shape[1]} 的整数")
    _, _, components = torch.linalg.svd(matrix, full_matrices=False)
    directions = components[:n]
    largest = directions.gather(1, directions.abs().argmax(dim=1, keepdim=True))
    return directions * largest.sign()  # (n, D)
