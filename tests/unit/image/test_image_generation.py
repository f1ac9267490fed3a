"""The generator of faces, and a discriminator that sees no picture as it is."""

import pytest
import torch

from aigc_helpers import gan, image
from aigc_helpers.image.generation import BRIGHTNESS, CONTRAST, PATCH
from aigc_helpers.reader import Mistake


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def generator():
    torch.manual_seed(0)
    return image.FaceGenerator(latent_dim=4, width=4)


@pytest.fixture
def discriminator():
    torch.manual_seed(0)
    return image.FaceDiscriminator(width=4)


def test_noise_becomes_faces(generator):
    faces = generator(torch.randn(3, 4))
    assert faces.shape == (3, 1, 64, 64) and faces.abs().max() <= 1
    with pytest.raises(Mistake, match=r"z must have shape \(B, 4\)"):
        generator(torch.randn(3, 5))
    decoder = image.FaceDecoder(generator)
    z = torch.randn(2, 4)
    torch.testing.assert_close(decoder(z), (generator(z) + 1) / 2)
    assert 0 <= decoder(z).min() and decoder(z).max() <= 1


@pytest.fixture
def recogniser():
    torch.manual_seed(1)
    return image.PersonRecogniser(n_classes=3, width=4, feature_dim=6)


def test_a_face_s_distance_to_the_nearest_photograph_is_measured(generator, recogniser):
    generator.eval()(torch.randn(8, 4))
    photographs, z = torch.rand(7, 1, 64, 64), torch.randn(3, 4)
    with torch.no_grad():
        known = recogniser.eval().features(photographs)
        decoder = image.MeasuredFaceDecoder(generator, recogniser, known.half(), 2.5)
        faces, distances = decoder(z)
        features = recogniser.features((generator(z) + 1) / 2)
    torch.testing.assert_close(faces, image.FaceDecoder(generator)(z))
    expected = [
        min((one - other).norm().item() for other in known.half().float()) / 2.5
        for one in features
    ]
    assert distances.tolist() == pytest.approx(expected, rel=1e-5)
    again = torch.cat([decoder(one)[1] for one in z[:, None]])  # no batch statistics
    torch.testing.assert_close(again, distances)


def test_a_copy_is_at_distance_nought(recogniser):
    photographs = torch.rand(5, 1, 64, 64)
    with torch.no_grad():
        known = recogniser.eval().features(photographs)
        copies = recogniser.features(photographs[[3, 1]])
    assert image.nearest_distance(copies, known).max() < 1e-5
    assert image.nearest_distance(copies + 3, known).min() > 1


@pytest.mark.parametrize(
    ("known", "unit", "message"),
    [
        (torch.rand(5, 7), 1.0, r"known features are \(5, 7\); expected \(N, 6\)"),
        (torch.rand(0, 6), 1.0, r"are \(0, 6\)"),
        (torch.rand(6), 1.0, r"are \(6,\)"),
        (torch.rand(5, 6), 0.0, "one positive number, not 0.0"),
        (torch.rand(5, 6), torch.nan, "not nan"),
        (torch.rand(5, 6), torch.ones(2), r"not \[1.0, 1.0\]"),
    ],
)
def test_a_ruler_that_does_not_fit_is_refused(
    generator, recogniser, known, unit, message
):
    with pytest.raises(Mistake, match=message) as caught:
        image.MeasuredFaceDecoder(generator, recogniser, known, unit)
    assert caught.value.chinese


def test_chapter_05_finds_its_directions_and_draws_its_samples(generator):
    directions = gan.principal_directions(generator.eval(), 3)
    torch.testing.assert_close(directions @ directions.T, torch.eye(3))
    linear = generator.project[0].weight
    norm = generator.project[2]
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    first = linear * scale.repeat_interleave(64)[:, None]
    stretched = (first @ directions.T).norm(dim=0)
    assert (stretched[:-1] >= stretched[1:]).all()
    torch.testing.assert_close(stretched[0], torch.linalg.matrix_norm(first, 2))
    assert gan.sample_images(generator, torch.randn(2, 4)).shape == (2, 1, 64, 64)


def test_what_is_seen_differs_each_time_while_it_trains_and_never_else(discriminator):
    x = torch.rand(4, 1, 64, 64) * 2 - 1
    first, second = discriminator(x), discriminator(x)
    assert not torch.equal(first, second) and int(discriminator.n_seen) == 2
    discriminator.eval()
    assert torch.equal(discriminator(x), discriminator(x))
    assert int(discriminator.n_seen) == 2
    plain = image.FaceDiscriminator(width=4, augments=False)
    assert torch.equal(plain(x), plain(x)) and int(plain.n_seen) == 0


def test_the_draws_are_counted_in_the_state(discriminator):
    """A run that is resumed sees what it would have seen."""
    x = torch.rand(4, 1, 64, 64) * 2 - 1
    discriminator(x)
    other = image.FaceDiscriminator(width=4)
    other.load_state_dict(discriminator.state_dict())
    assert torch.equal(other(x), discriminator(x))


def test_one_picture_that_repeats_itself_gives_itself_away(discriminator):
    discriminator.eval()
    with torch.no_grad():
        discriminator.to_logit.weight[0, -1] = 1000
    different = torch.rand(8, 1, 64, 64) * 2 - 1
    same = different[:1].expand(8, -1, -1, -1)
    assert discriminator(different).min() > discriminator(same).max() + 1


def test_changed_pictures_are_the_same_moved_lit_otherwise_and_partly_covered():
    x = torch.zeros(200, 1, 64, 64)
    x[:, :, 24:40, 24:40] = 1
    changed = image.augment(x, rng())
    assert changed.shape == x.shape
    values = changed.flatten(1)
    zeros = (values == 0).float().mean(dim=1)
    assert 0 < zeros.min() and zeros.max() < (PATCH**2 + 2 * 8 * 64) / 64**2
    light = x.mean() * torch.ones(200)
    brightest = light + (1 - light) * (1 + CONTRAST) + BRIGHTNESS
    darkest = light * -CONTRAST - BRIGHTNESS
    assert (values.amax(dim=1) <= brightest + 1e-5).all()
    assert (values.amin(dim=1) >= darkest - 1e-5).all()
    # Where the bright square lies now: up to eight pixels away, in every direction.
    uncovered = (changed > 0.5).flatten(1).sum(dim=1) == 16 * 16
    top = (changed[uncovered, 0] > 0.5).any(dim=2).int().argmax(dim=1) - 24
    assert top.min() >= -8 and top.max() <= 8 and top.unique().numel() > 12
    assert 20 < uncovered.sum() < 180
    assert torch.equal(changed, image.augment(x, rng()))


def test_gradients_flow_through_the_changes():
    x = (torch.rand(3, 1, 64, 64) * 2 - 1).requires_grad_()
    image.augment(x, rng()).sum().backward()
    assert ((x.grad != 0).flatten(1).float().mean(dim=1) > 0.5).all()


def test_the_game_of_chapter_05_is_played(generator, discriminator):
    faces = (torch.rand(12, 1, 64, 64) * 255).byte()
    seen = []
    discriminator.trunk[1].register_forward_hook(lambda *_: seen.append(1))
    average, history = gan.train_gan(
        generator, discriminator, faces, steps=3, batch_size=4
    )
    assert set(history) == {"loss_d", "loss_g"} and len(history["loss_d"]) == 3
    assert int(discriminator.n_seen) == len(seen) == 9  # real, fake, fake again
    assert not average.training
