"""How well is an image restored? Figures for each image, beside its original.

No one of them is enough: the error rewards a blurred image, sharpness rewards noise,
the seam sees nothing but the hole's rim.
"""

import torch
import torch.nn.functional as F

from aigc_helpers.reader import Mistake

SSIM_WIDTH = 11  # pixels of its window's side
SSIM_STD = 1.5  # of its Gaussian window, in pixels
SSIM_C1, SSIM_C2 = 0.01**2, 0.03**2  # (K L)^2 at the peak L = 1


def mean_squared_error(restored, original, *, where=None):
    """Mean squared difference of each image, (N,), in squared units of a pixel.

    Parameters
    ----------
    restored, original : float tensors (N, C, H, W) in [0, 1]
    where : tensor (N, 1, H, W) or (1, 1, H, W), bool or 0 and 1
        The pixels that count, as those of a hole; all of them if left out.

    Raises
    ------
    ValueError
        If the images are not floats in [0, 1] of one shape, or ``where`` is of another
        or marks no pixel of some image.
    """
    _require_pair(restored, original)
    squares = (restored.double() - original.double()).square()
    if where is None:
        return squares.flatten(1).mean(dim=1)
    inside = _as_hole(where, original)  # (N, 1, H, W)
    total = (squares * inside).flatten(1).sum(dim=1)
    return total / (inside.flatten(1).sum(dim=1) * original.shape[1])


def psnr(restored, original, *, where=None):
    """Peak signal-to-noise ratio of each image, (N,), in dB: 10 log10(1 / MSE).

    Higher is better: 20 dB are a root mean square error of 0.1, 40 dB one of 0.01.
    Equal images have infinity, as the formula says, and so has every mean with one of
    them in it: average errors (`mean_squared_error`) where that may happen.

    It compares pixel by pixel. Where many details are possible, the average of them
    all, which is blurred, has a better figure than any sharp guess; and a sharp image
    that is moved by a pixel may have a worse one than a blurred image.

    Parameters
    ----------
    restored, original, where
        As of `mean_squared_error`.

    Raises
    ------
    ValueError
        As `mean_squared_error`.
    """
    return -10 * mean_squared_error(restored, original, where=where).log10()


def ssim(restored, original):
    r"""Structural similarity of each image, (N,), at most 1, which equal images have.

    ``(2 mu_x mu_y + C_1) (2 s_xy + C_2) / ((mu_x^2 + mu_y^2 + C_1) (s_x^2 + s_y^2 +
    C_2))``, averaged over places and channels; Wang et al. (2004), "Image Quality
    Assessment: From Error Visibility to Structural Similarity". Means, variances and
    covariance are those under a Gaussian window of 11 x 11 pixels and std 1.5,
    K_1 = 0.01, K_2 = 0.03; places whose window reaches beyond the image are left out.

    It forgives another brightness or contrast and sees blur and noise. It compares
    place by place, as `psnr` does: texture that is right but lies elsewhere counts
    nothing. What is fainter than about 0.03 hardly counts, since C_2 outweighs it.

    Parameters
    ----------
    restored, original : float tensors (N, C, H, W) in [0, 1]
        H and W 11 or more.

    Raises
    ------
    ValueError
        If the images are not floats in [0, 1] of one shape, or smaller than the window.
    """
    _require_pair(restored, original)
    _require_size(original, SSIM_WIDTH)
    x, y = restored.double(), original.double()
    mu_x, mu_y = _local_mean(x), _local_mean(y)  # (N, C, H - 10, W - 10) each
    var_x, var_y = _local_mean(x * x) - mu_x**2, _local_mean(y * y) - mu_y**2
    cov = _local_mean(x * y) - mu_x * mu_y
    brightness = (2 * mu_x * mu_y + SSIM_C1) / (mu_x**2 + mu_y**2 + SSIM_C1)
    structure = (2 * cov + SSIM_C2) / (var_x + var_y + SSIM_C2)
    return (brightness * structure).flatten(1).mean(dim=1)


def _local_mean(images):
    """Means under the Gaussian window wherever it lies inside, of (N, C, H, W)."""
    n, c, h, w = images.shape
    offsets = torch.arange(SSIM_WIDTH, dtype=images.dtype) - SSIM_WIDTH // 2
    window = torch.exp(-((offsets / SSIM_STD) ** 2) / 2)
    window = window / window.sum()  # (11,)
    planes = images.reshape(n * c, 1, h, w)
    planes = F.conv2d(planes, window.view(1, 1, -1, 1))  # (N * C, 1, H - 10, W)
    planes = F.conv2d(planes, window.view(1, 1, 1, -1))  # (N * C, 1, H - 10, W - 10)
    return planes.reshape(n, c, *planes.shape[2:])


def sharpness(images):
    """Root mean square of the gradient of each image, (N,), in pixel units a step.

    ``sqrt(mean(dx^2 + dy^2))`` of the differences to the right and lower neighbour,
    over places and channels. The squares matter: a blurred edge climbs as high as a
    sharp one, in more and smaller steps, so that the mean of the gradient itself would
    be the same for both. Second derivatives, as the variance of the Laplacian, see
    blur as well, but noise before all.

    It asks no original, so it does not know whether what is sharp is right: noise is
    the sharpest of all. Judge it beside the sharpness of the original.

    Parameters
    ----------
    images : float tensor (N, C, H, W) in [0, 1]
        H and W 2 or more.

    Raises
    ------
    ValueError
        If the images are not such floats, or are smaller.
    """
    _require_pictures(images)
    _require_size(images, 2)
    images = images.double()
    dx = images.diff(dim=3)[:, :, :-1]  # (N, C, H - 1, W - 1)
    dy = images.diff(dim=2)[..., :-1]  # (N, C, H - 1, W - 1)
    return (dx**2 + dy**2).flatten(1).mean(dim=1).sqrt()


def seam(restored, original, hole):
    """How much higher the step across a hole's rim is than in the original, (N,).

    The rim is every pair of neighbours, side by side or one above the other, of which
    exactly one lies in the hole. The step is the mean absolute difference of these
    pairs, over channels too: of the restored image, minus that of the original. In
    units of a pixel: 0 is a rim like the original's, above 0 one that shows, below 0
    one that is smoother than the truth, as after a blur.

    It sees nothing but the rim: what fills the middle of the hole does not count.

    Parameters
    ----------
    restored, original : float tensors (N, C, H, W) in [0, 1]
    hole : tensor (N, 1, H, W) or (1, 1, H, W), bool or 0 and 1
        1 for the pixels that were missing.

    Raises
    ------
    ValueError
        If the images are not floats in [0, 1] of one shape, or a hole is of another,
        empty, or the whole image.
    """
    _require_pair(restored, original)
    hole = _as_hole(hole, original)
    if hole.flatten(1).all(dim=1).any():
        raise Mistake(
            "a hole is the whole image, which has no rim",
            "有的洞盖住了整张图，没有边缘可看：洞外至少留一个像素。",
        )
    return _rim_step(restored.double(), hole) - _rim_step(original.double(), hole)


def _rim_step(images, hole):
    """Mean absolute difference (N,) of neighbours on two sides of the rim."""
    total, count = 0, 0
    for dim in (2, 3):
        rim = hole.diff(dim=dim)  # of Booleans: whether they differ
        steps = images.diff(dim=dim).abs().mean(dim=1, keepdim=True)
        total = total + (steps * rim).flatten(1).sum(dim=1)
        count = count + rim.flatten(1).sum(dim=1)
    return total / count


def _as_hole(hole, images):
    """The hole as Booleans (N, 1, H, W); raise a Mistake unless it fits the images."""
    n, _, h, w = images.shape
    if hole.shape not in ((n, 1, h, w), (1, 1, h, w)):
        raise Mistake(
            f"the hole is {tuple(hole.shape)}; these images need {(n, 1, h, w)}, or "
            f"{(1, 1, h, w)} for one hole in all",
            f"洞的形状是 {tuple(hole.shape)}，这些图要 {(n, 1, h, w)}；所有图用同一个"
            f"洞时，写成 {(1, 1, h, w)}。",
        )
    if not ((hole == 0) | (hole == 1)).all():
        raise Mistake(
            "a hole holds 0 and 1 alone, or Booleans",
            "洞只能由 0 和 1（或者 False 和 True）组成：1 是缺的像素。",
        )
    if not hole.flatten(1).any(dim=1).all():
        raise Mistake(
            "a hole is empty: no pixel of its image is marked",
            "有的洞是空的，一个像素也没有：检查一下遮挡是怎么画的。",
        )
    return hole.bool().expand(n, 1, h, w)


def _require_pair(restored, original) -> None:
    """Raise a Mistake unless these are two equally large sets of images in [0, 1]."""
    if restored.shape != original.shape:
        raise Mistake(
            f"restored images are {tuple(restored.shape)}, originals "
            f"{tuple(original.shape)}; both must be the same (N, C, H, W)",
            f"修复的图是 {tuple(restored.shape)}，原图是 {tuple(original.shape)}："
            "两边的张数、通道和高宽都要相同。",
        )
    for images in (restored, original):
        _require_pictures(images)


def _require_pictures(images) -> None:
    """Raise a Mistake unless there are float images (N, C, H, W), all in [0, 1]."""
    if images.ndim != 4 or images.numel() == 0:
        raise Mistake(
            f"images must be (N, C, H, W), 1 or more, got {tuple(images.shape)}",
            f"图像的形状是 {tuple(images.shape)}，应当是 (N, C, H, W)，至少一张。"
            "只有一张图，写 images[:1]，不写 images[0]。",
        )
    if not images.is_floating_point():
        raise Mistake(
            f"images are {images.dtype}; divide uint8 pixels by 255",
            f"图像的类型是 {images.dtype}，这里要 0 到 1 的小数：先除以 255。",
        )
    low, high = (float(value) for value in images.aminmax())
    if not (low >= 0 and high <= 1):
        raise Mistake(
            f"pixels must be in [0, 1], got [{low:.3g}, {high:.3g}]; cut a restoration "
            "that runs over by clamp(0, 1), and look for NaN",
            f"像素应当在 0 到 1 之间，这里从 {low:.3g} 到 {high:.3g}：修复的图稍微超"
            "出时用 .clamp(0, 1) 截断；超出很多或者有 NaN，先看看图。",
        )


def _require_size(images, least: int) -> None:
    """Raise a Mistake unless images (N, C, H, W) are ``least`` pixels high and wide."""
    h, w = images.shape[2:]
    if min(h, w) < least:
        raise Mistake(
            f"images are {h} x {w}; this figure needs {least} x {least} or more",
            f"图像只有 {h}×{w} 个像素，这把尺至少要 {least}×{least}。",
        )
