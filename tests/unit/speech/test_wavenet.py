"""WaveNet: what it may see, what it is trained on, what it counts."""

import math

import pytest
import torch
import torch.nn.functional as F

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.clips import SILENCE, CodedClips
from aigc_helpers.speech.wavenet import GatedLayer, WaveNet, measured_receptive_field
from aigc_helpers.speech.wavenet_training import (
    NOT_PREDICTED,
    code_bits,
    draw_windows,
    train_wavenet,
)

DILATIONS = (1, 2, 4, 1, 2)


def tiny(dilations=DILATIONS, seed: int = 0) -> WaveNet:
    torch.manual_seed(seed)
    return WaveNet(6, 8, 4, dilations)


def clips(n: int = 4, length: int = 60) -> CodedClips:
    """Clips of a slow wave; their lengths differ."""
    codes = [
        (100 + 20 * (torch.arange(length + i) * 0.4).sin()).long() for i in range(n)
    ]
    return CodedClips(codes, torch.arange(n), torch.arange(n) % 3)


@pytest.mark.parametrize("dilations", [(1,), (3,), DILATIONS, (1, 2, 4, 8, 16)])
def test_receptive_field_is_what_the_gradient_reaches(dilations):
    network = tiny(dilations)
    assert measured_receptive_field(network) == network.receptive_field
    assert network.receptive_field == 1 + sum(dilations)


@torch.no_grad()
def test_no_score_depends_on_what_comes_later():
    network, codes = tiny(), torch.randint(256, (1, 40))
    given, reach = torch.zeros(2, 1, dtype=torch.int64), network.receptive_field
    scores = network(codes, *given)
    codes[0, 30] += 1 if codes[0, 30] < 128 else -1
    changed = (network(codes, *given) != scores).any(dim=2)[0]  # of windows
    first = 30 - reach + 1  # the window that ends with sample 30
    assert not changed[:first].any() and changed[first]
    assert changed[first : first + reach].sum() > reach / 2


@torch.no_grad()
def test_a_layer_is_the_formula_of_the_paper():
    layer, x, h = GatedLayer(3, 5, 2, 4), torch.randn(2, 3, 9), torch.randn(2, 2)
    weight, bias = layer.filter_and_gate.weight, layer.filter_and_gate.bias
    y = weight[:, :, 0] @ x[:, :, :-4] + weight[:, :, 1] @ x[:, :, 4:]
    y = y + bias[:, None] + (h @ layer.of_condition.weight.T)[:, :, None]
    z = y[:, :3].tanh() * y[:, 3:].sigmoid()
    paths = layer.to_paths.weight[:, :, 0] @ z + layer.to_paths.bias[:, None]
    residual, skip = layer(x, h, 2)
    torch.testing.assert_close(residual, x[:, :, 4:] + paths[:, :3])
    torch.testing.assert_close(skip, paths[:, 3:, -2:])


@torch.no_grad()
def test_digit_and_speaker_matter():
    network, codes = tiny(), torch.full((3, 20), SILENCE)
    scores = network(codes, torch.tensor([0, 1, 0]), torch.tensor([0, 0, 1]))
    assert not torch.allclose(scores[0], scores[1])
    assert not torch.allclose(scores[0], scores[2])


def test_too_few_samples_are_refused():
    with pytest.raises(Mistake, match="receptive field 11"):
        tiny()(torch.zeros(1, 10, dtype=torch.int64), *torch.zeros(2, 1).long())


def test_windows_predict_the_next_code_after_what_was_before():
    data, reach, size = clips(), 11, 25
    windows = draw_windows(data, 200, size, reach, torch.Generator().manual_seed(0))
    starts = set()
    for row in range(200):
        codes = data.codes[int(windows.digits[row])]
        padded = torch.cat([torch.full((reach,), SILENCE), codes])
        target, found = windows.targets[row], windows.inputs[row]
        places = [s for s in range(36 + 4) if (codes[s : s + size]).equal(target)]
        at = [s for s in places if padded[s : s + reach + size - 1].equal(found)]
        assert at, row
        starts.update(at)
        assert windows.speakers[row] == windows.digits[row] % 3
    assert 0 in starts and max(starts) >= 35


def test_nothing_is_predicted_behind_the_end_of_a_short_clip():
    rng = torch.Generator().manual_seed(0)
    windows = draw_windows(clips(1, length=30), 2, 50, 11, rng)
    assert (windows.targets[:, 30:] == NOT_PREDICTED).all()
    assert (windows.targets[:, :30] >= 0).all()


@torch.no_grad()
def test_bits_of_a_clip_follow_from_one_prediction_at_a_time():
    network, data = tiny().eval(), clips(2, length=14)
    reach = network.receptive_field
    for row, found in enumerate(code_bits(network, data)):
        codes, given = data.codes[row], (data.digits[[row]], data.speakers[[row]])
        padded = torch.cat([torch.full((reach,), SILENCE), codes])
        for t, code in enumerate(codes):
            p = network(padded[None, t : t + reach], *given)[0, 0].softmax(0)[code]
            assert found[t].item() == pytest.approx(-math.log2(p), abs=1e-4)


def test_training_learns_a_wave_and_goes_on_from_a_checkpoint(tmp_path):
    options = {"steps": 60, "size": 32, "lr": 0.02, "seed": 1}
    network, history = train_wavenet(tiny(), clips(), **options)
    assert history["bits"][0] == pytest.approx(8, abs=0.5)
    assert history["bits"][-1] < 0.6 * history["bits"][0]
    path = tmp_path / "run.safetensors"
    train_wavenet(tiny(), clips(), checkpoint=path, **options)
    again, _ = train_wavenet(tiny(seed=5), clips(), checkpoint=path, **options)
    for a, b in zip(network.parameters(), again.parameters(), strict=True):
        assert a.equal(b)


def test_the_loss_is_the_mean_over_what_is_predicted():
    from aigc_helpers.speech.wavenet_training import window_bits

    network, rng = tiny(), torch.Generator().manual_seed(0)
    windows = draw_windows(clips(1, length=30), 1, 50, network.receptive_field, rng)
    scores = network(windows.inputs, windows.digits, windows.speakers)[0, :30]
    expected = F.cross_entropy(scores, windows.targets[0, :30]) / math.log(2)
    torch.testing.assert_close(window_bits(network, windows), expected)
