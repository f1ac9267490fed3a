"""Figures of restored images: oracles, cases by hand, and what each cannot see."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from aigc_helpers import metrics

HOLE = torch.zeros(1, 1, 64, 64, dtype=torch.bool)
HOLE[..., 20:44, 20:44] = True


def blur(images, width: int = 5):
    """Mean over width x width pixels, the border repeated."""
    padded = F.pad(images, [width // 2] * 4, mode="replicate")
    return F.avg_pool2d(padded, width, stride=1)


def noisy(images, std: float, *, seed: int = 0):
    rng = torch.Generator().manual_seed(seed)
    noise = torch.randn(images.shape, generator=rng, dtype=images.dtype)
    return (images + std * noise).clamp(0, 1)


def constant(images):
    """Each channel of each image at its mean."""
    return images.mean(dim=(2, 3), keepdim=True).expand_as(images)


def shifted(images, step: int = 1):
    """Moved to the right by some pixels, sharp as before."""
    return F.pad(images, [step, 0, 0, 0], mode="replicate")[..., : images.shape[3]]


def noise_like(images, *, seed: int = 1):
    rng = torch.Generator().manual_seed(seed)
    return torch.rand(images.shape, generator=rng, dtype=images.dtype)


# ---- error and PSNR ------------------------------------------------------------------


def test_psnr_of_known_errors():
    original = torch.full((3, 2, 4, 5), 0.5)
    restored = original.clone()
    restored[1] += 0.1  # MSE 0.01: 20 dB
    restored[2, 0, 0, 0] -= 0.5  # MSE 0.25 / 40 = 1 / 160
    found = metrics.psnr(restored, original)
    expected = torch.tensor([math.inf, 20, 10 * math.log10(160)], dtype=torch.float64)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)
    error = metrics.mean_squared_error(restored, original)
    torch.testing.assert_close(error, 10 ** (-expected / 10), rtol=1e-6, atol=0)


def test_in_a_hole_only_its_pixels_count_in_all_channels():
    original = torch.zeros(2, 3, 4, 4)
    restored = original.clone()
    restored[:, :, 0, 0] = 1.0  # outside of the first hole
    restored[:, 0, 2, 2] = 0.6
    hole = torch.zeros(2, 1, 4, 4)
    hole[:, :, 2, 1:3] = 1
    hole[1, :, 0, 0] = 1
    found = metrics.mean_squared_error(restored, original, where=hole)
    expected = torch.tensor([0.36 / 6, (0.36 + 3) / 9], dtype=torch.float64)
    torch.testing.assert_close(found, expected)
    in_db = metrics.psnr(restored, original, where=hole.bool())
    torch.testing.assert_close(in_db, -10 * expected.log10())


def test_one_hole_for_all_and_the_whole_image_as_a_hole(photographs):
    worse = noisy(photographs, 0.1)
    for_all = metrics.psnr(worse, photographs, where=HOLE)
    of_each = metrics.psnr(worse, photographs, where=HOLE.expand(len(worse), 1, 64, 64))
    assert torch.equal(for_all, of_each)
    cut = metrics.psnr(worse[..., 20:44, 20:44], photographs[..., 20:44, 20:44])
    torch.testing.assert_close(for_all, cut)
    everything = torch.ones(1, 1, 64, 64)
    torch.testing.assert_close(
        metrics.psnr(worse, photographs, where=everything),
        metrics.psnr(worse, photographs),
    )


def test_psnr_likes_blur(photographs):
    """Noise of a known size; a blurred copy beats the sharp one a step aside."""
    psnr = {
        "truth": metrics.psnr(photographs, photographs),
        "blurred": metrics.psnr(blur(photographs, 3), photographs),
        "moved": metrics.psnr(shifted(photographs), photographs),
        "constant": metrics.psnr(constant(photographs), photographs),
        "noise": metrics.psnr(noise_like(photographs), photographs),
    }
    assert psnr["truth"].isinf().all()
    # blurred and a step off: each pixel sees nearly the same error, sharp is worse
    assert (psnr["blurred"] > psnr["moved"]).double().mean() > 0.9
    assert (psnr["moved"] > psnr["constant"]).double().mean() > 0.8
    assert (psnr["constant"] > psnr["noise"]).all()


def test_the_mean_of_all_guesses_beats_every_sharp_guess_by_3_db():
    """Texture of which nothing is known: another draw has twice the error of grey."""
    rng = torch.Generator().manual_seed(0)
    truth, guess = 0.25 + 0.5 * torch.rand(2, 20, 1, 64, 64, generator=rng)
    grey = torch.full_like(truth, 0.5)
    ahead = metrics.psnr(grey, truth) - metrics.psnr(guess, truth)
    assert float(ahead.mean()) == pytest.approx(10 * math.log10(2), abs=0.05)


# ---- SSIM ----------------------------------------------------------------------------


def ssim_of_loop(x, y) -> float:
    """SSIM of two planes (H, W), place after place, from the paper's text."""
    weights = {
        (i, j): math.exp(-(i**2 + j**2) / (2 * 1.5**2))
        for i in range(-5, 6)
        for j in range(-5, 6)
    }
    total = sum(weights.values())
    h, w = len(x), len(x[0])
    found = []
    for row in range(5, h - 5):
        for column in range(5, w - 5):
            pairs = [
                (weight / total, x[row + i][column + j], y[row + i][column + j])
                for (i, j), weight in weights.items()
            ]
            mu_x = sum(p * a for p, a, _ in pairs)
            mu_y = sum(p * b for p, _, b in pairs)
            var_x = sum(p * (a - mu_x) ** 2 for p, a, _ in pairs)
            var_y = sum(p * (b - mu_y) ** 2 for p, _, b in pairs)
            cov = sum(p * (a - mu_x) * (b - mu_y) for p, a, b in pairs)
            c1, c2 = 0.0001, 0.0009
            found.append(
                (2 * mu_x * mu_y + c1)
                * (2 * cov + c2)
                / ((mu_x**2 + mu_y**2 + c1) * (var_x + var_y + c2))
            )
    return sum(found) / len(found)


def test_ssim_is_that_of_a_loop(photographs):
    x, y = photographs[:2, :, :13, :15], noisy(photographs, 0.1)[:2, :, :13, :15]
    expected = [
        sum(ssim_of_loop(x[i, c].tolist(), y[i, c].tolist()) for c in range(3)) / 3
        for i in range(2)
    ]
    assert metrics.ssim(y, x).tolist() == pytest.approx(expected, abs=1e-12)
    found = metrics.ssim(y.float(), x.float())  # inside in float64
    assert found.tolist() == pytest.approx(expected, abs=1e-5)


def test_ssim_is_that_of_scikit_image(photographs):
    skimage = pytest.importorskip("skimage.metrics")
    for worse in (
        noisy(photographs, 0.1),
        blur(photographs),
        constant(photographs),
        noise_like(photographs),
        shifted(photographs),
    ):
        expected = [
            skimage.structural_similarity(
                a.numpy(),
                b.numpy(),
                channel_axis=0,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
                data_range=1,
            )
            for a, b in zip(worse, photographs, strict=True)
        ]
        found = metrics.ssim(worse, photographs).numpy()
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_psnr_is_that_of_scikit_image(photographs):
    skimage = pytest.importorskip("skimage.metrics")
    worse = noisy(photographs, 0.1)
    expected = [
        skimage.peak_signal_noise_ratio(b.numpy(), a.numpy(), data_range=1)
        for a, b in zip(worse, photographs, strict=True)
    ]
    np.testing.assert_allclose(metrics.psnr(worse, photographs), expected, rtol=1e-9)


def test_ssim_of_truth_blur_constant_and_noise(photographs):
    truth = metrics.ssim(photographs, photographs)
    torch.testing.assert_close(truth, torch.ones_like(truth))
    blurred = metrics.ssim(blur(photographs, 3), photographs)
    more_blurred = metrics.ssim(blur(photographs, 7), photographs)
    flat = metrics.ssim(constant(photographs), photographs)
    noise = metrics.ssim(noise_like(photographs), photographs)
    assert (truth > blurred).all() and (blurred > more_blurred).all()
    assert (more_blurred > flat).all()
    assert float(noise.mean()) < 0.1
    swapped = metrics.ssim(photographs, blur(photographs, 3))
    torch.testing.assert_close(swapped, blurred)


def test_ssim_forgives_brightness_and_sees_blur_of_the_same_error(photographs):
    photographs = 0.1 + 0.7 * photographs  # room for more light
    blurred = blur(photographs, 5)
    error = metrics.mean_squared_error(blurred, photographs).sqrt()
    brighter = photographs + error.clamp(max=0.1).view(-1, 1, 1, 1)
    fits = error < 0.1
    assert fits.sum() > 12
    torch.testing.assert_close(
        metrics.psnr(brighter, photographs)[fits],
        metrics.psnr(blurred, photographs)[fits],
    )
    found, other = (metrics.ssim(x, photographs)[fits] for x in (brighter, blurred))
    assert (found > other).all() and float(found.mean()) > 0.9


def test_ssim_counts_texture_elsewhere_as_nothing_and_faint_texture_little():
    rng = torch.Generator().manual_seed(0)
    truth, guess = torch.randn(2, 10, 1, 48, 48, generator=rng).double()

    def compare(std):
        x, y = ((0.5 + std * z).clamp(0, 1) for z in (truth, guess))
        return float(metrics.ssim(y, x).mean())

    assert abs(compare(0.15)) < 0.05  # sharp, as varied, and all wrong
    assert compare(0.005) > 0.9  # as wrong, but faint


# ---- sharpness -----------------------------------------------------------------------


def test_sharpness_of_ramps_by_hand():
    y, x = torch.meshgrid(torch.arange(5.0), torch.arange(4.0), indexing="ij")
    ramps = torch.stack([0.1 * x, 0.2 * y, 0.03 * x + 0.04 * y, 0 * x])[:, None]
    expected = torch.tensor([0.1, 0.2, 0.05, 0.0], dtype=torch.float64)
    torch.testing.assert_close(metrics.sharpness(ramps), expected, rtol=1e-6, atol=0)


def test_both_differences_of_sharpness_start_at_one_pixel():
    """A dot in a corner: one place of four has dx = dy = -1."""
    dot = torch.zeros(1, 1, 3, 3)
    dot[..., 0, 0] = 1
    assert float(metrics.sharpness(dot)) == pytest.approx(math.sqrt(2 / 4))


def test_sharpness_sees_the_blur_of_an_edge_where_a_mean_gradient_does_not():
    edge = torch.zeros(1, 1, 20, 21)
    edge[..., 10:] = 1
    blurred = blur(edge, 5)
    mean_gradients = [float(x.diff(dim=3).abs().mean()) for x in (edge, blurred)]
    assert mean_gradients[0] == pytest.approx(mean_gradients[1])
    sharp, soft = (float(metrics.sharpness(x)) for x in (edge, blurred))
    assert sharp == pytest.approx(math.sqrt(1 / 20))  # one step of 1 among 20
    assert soft == pytest.approx(sharp / math.sqrt(5))  # five of 1/5


def test_sharpness_of_truth_blur_constant_and_noise(photographs):
    truth = metrics.sharpness(photographs)
    assert (metrics.sharpness(blur(photographs, 3)) < truth).all()
    assert float(metrics.sharpness(constant(photographs)).max()) == 0
    assert (metrics.sharpness(noise_like(photographs)) > truth).all()
    assert (metrics.sharpness(noisy(photographs, 0.1)) > truth).all()


# ---- seam ----------------------------------------------------------------------------


def test_a_seam_by_hand():
    """Columns 0, 0.1, 0.2, 0.3; the four pixels in the middle are filled with 0.5."""
    original = torch.tensor([0.0, 0.1, 0.2, 0.3]).expand(1, 1, 4, 4)
    hole = torch.zeros(1, 1, 4, 4)
    hole[..., 1:3, 1:3] = 1
    restored = torch.where(hole == 1, torch.tensor(0.5), original)
    # from left to right 0.5 and 0.2 in two rows, from above and below 0.4 and 0.3
    across = (2 * 0.5 + 2 * 0.2 + 2 * 0.4 + 2 * 0.3) / 8
    of_original = (4 * 0.1 + 4 * 0.0) / 8
    found = metrics.seam(restored, original, hole)
    assert found.tolist() == pytest.approx([across - of_original])
    assert across - of_original == pytest.approx(0.3)


def test_at_the_images_border_there_is_no_rim_and_channels_are_averaged():
    original = torch.zeros(2, 2, 3, 3)
    restored = original.clone()
    restored[:, 0, :, 0] = 0.8  # the first column, in one of two channels
    hole = torch.zeros(2, 1, 3, 3, dtype=torch.bool)
    hole[0, :, :, 0] = True
    hole[1, :, 0, 0] = True
    found = metrics.seam(restored, original, hole)
    # three pairs of 0.8 and 0; in the second image one such, and one of 0.8 and 0.8
    assert found.tolist() == pytest.approx([0.4, 0.2])


def test_seams_of_truth_blur_constant_and_noise(photographs):
    def filled(images):
        return torch.where(HOLE, images, photographs)

    truth = metrics.seam(photographs, photographs, HOLE)
    assert torch.equal(truth, torch.zeros(len(photographs), dtype=torch.float64))
    flat = metrics.seam(filled(constant(photographs)), photographs, HOLE)
    noise = metrics.seam(filled(noise_like(photographs)), photographs, HOLE)
    assert float(flat.mean()) > 0.02 and float(noise.mean()) > 2 * float(flat.mean())
    all_blurred = metrics.seam(blur(photographs), photographs, HOLE)
    assert (all_blurred < 0).all()  # smoother than the truth


def test_a_seam_does_not_see_the_middle(photographs):
    worse = photographs.clone()
    worse[..., 21:43, 21:43] = 0
    assert (metrics.seam(worse, photographs, HOLE) == 0).all()
    assert (metrics.psnr(worse, photographs, where=HOLE) < 20).any()


# ---- what is refused -----------------------------------------------------------------

GREY = torch.full((2, 1, 12, 12), 0.5)
MIDDLE = torch.zeros(2, 1, 12, 12)
MIDDLE[..., 4:8, 4:8] = 1


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        (lambda: metrics.psnr(GREY, GREY[:1]), r"restored images are \(2, 1, 12, 12\)"),
        (lambda: metrics.psnr(GREY[0], GREY[0]), r"must be \(N, C, H, W\)"),
        (lambda: metrics.psnr(GREY[:0], GREY[:0]), "1 or more"),
        (lambda: metrics.ssim(GREY.byte(), GREY.byte()), "divide uint8 pixels by 255"),
        (lambda: metrics.psnr(GREY + 0.6, GREY), r"got \[1.1, 1.1\].*clamp\(0, 1\)"),
        (lambda: metrics.psnr(GREY, GREY * 255), r"pixels must be in \[0, 1\]"),
        (lambda: metrics.psnr(GREY * math.nan, GREY), "NaN"),
        (lambda: metrics.sharpness(-GREY), r"pixels must be in \[0, 1\]"),
        (lambda: metrics.ssim(GREY[..., 2:], GREY[..., 2:]), "12 x 10.*11 x 11"),
        (lambda: metrics.sharpness(GREY[..., :1]), "12 x 1.*2 x 2"),
        (lambda: metrics.psnr(GREY, GREY, where=MIDDLE[:, 0]), "the hole is"),
        (lambda: metrics.psnr(GREY, GREY, where=MIDDLE * 0.5), "0 and 1 alone"),
        (lambda: metrics.psnr(GREY, GREY, where=MIDDLE * 0), "a hole is empty"),
        (lambda: metrics.seam(GREY, GREY, MIDDLE * 0), "a hole is empty"),
        (lambda: metrics.seam(GREY, GREY, MIDDLE * 0 + 1), "the whole image"),
        (lambda: metrics.seam(GREY, GREY, MIDDLE[..., 1:]), "the hole is"),
    ],
)
def test_wrong_images_and_holes_are_refused(figure, message, refused):
    with refused(message):
        figure()


def test_one_empty_or_whole_hole_among_others_is_refused(refused):
    some = MIDDLE.clone()
    some[1] = 0
    with refused("a hole is empty"):
        metrics.mean_squared_error(GREY, GREY, where=some)
    some[1] = 1
    with refused("the whole image"):
        metrics.seam(GREY, GREY, some)
