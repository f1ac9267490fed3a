"""WaveNet: what it may see, what it is trained on, what it counts."""

import math

import pytest
import torch
import torch.nn.functional as F

from aigc_helpers.reader import Mistake
from aigc_helpers.speech.clips import SILENCE, CodedClips
from aigc_helpers.speech.quantisation import mu_law_decode
from aigc_helpers.speech.wavenet import GatedLayer, WaveNet, measured_receptive_field
from aigc_helpers.speech.wavenet_training import (
    NOT_PREDICTED,
    code_bits,
    draw_windows,
    train_wavenet,
    window_bits,
)

DILATIONS, TAPS = (1, 2, 4, 1, 2), 3


def tiny(dilations=DILATIONS, seed: int = 0) -> WaveNet:
    torch.manual_seed(seed)
    return WaveNet(6, 8, 4, dilations, taps=TAPS)


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
    assert network.receptive_field == 1 + (TAPS - 1) + sum(dilations)


@torch.no_grad()
def test_no_score_depends_on_what_comes_later():
    network, codes = tiny(), torch.randint(256, (1, 40))
    given, reach = torch.zeros(2, 1, dtype=torch.int64), network.receptive_field
    before = network(codes, *given).means
    codes[0, 30] = 255 - codes[0, 30]
    changed = (network(codes, *given).means != before).any(dim=2)[0]  # of windows
    first = 30 - reach + 1  # the window that ends with sample 30
    assert not changed[:first].any() and changed[first]
    assert changed[first : first + reach].sum() > reach / 2


@torch.no_grad()
def test_a_layer_is_the_formula_of_the_paper():
    layer, x, h = GatedLayer(3, 5, 2, 4), torch.randn(2, 9, 3), torch.randn(2, 2)
    weight = layer.filter_and_gate.weight.unflatten(1, (2, 3)).transpose(1, 2)
    columns = x.transpose(1, 2)  # (B, C, T), as convolutions have it
    y = F.conv1d(columns, weight, layer.filter_and_gate.bias, dilation=4)
    y = y + (h @ layer.of_condition.weight.T)[:, :, None]
    z = y[:, :3].tanh() * y[:, 3:].sigmoid()
    paths = F.conv1d(z, layer.to_paths.weight[:, :, None], layer.to_paths.bias)
    residual, skip = layer(x, h, 2)
    torch.testing.assert_close(
        residual.transpose(1, 2), columns[:, :, 4:] + paths[:, :3]
    )
    torch.testing.assert_close(skip.transpose(1, 2), paths[:, 3:, -2:])


@torch.no_grad()
def test_the_mixture_lies_around_a_weighted_sum_of_the_last_samples():
    network, codes = tiny(), torch.randint(256, (2, 30))
    for weight in network.to_logistics.parameters():
        weight.zero_()
    network.to_logistics.bias[:4] = 2  # scales
    network.weights.copy_(torch.tensor([0.3, -0.9, 1.5]))
    found = network(codes, *torch.zeros(2, 2, dtype=torch.int64))
    x = mu_law_decode(codes)
    expected = F.conv1d(x[:, None], network.weights[None, None])[:, 0]  # (2, 28)
    n = 30 - network.receptive_field + 1
    shifted = expected[:, -n:, None] + 2 * found.log_scales.exp()
    torch.testing.assert_close(found.means, shifted)
    assert found.log_scales[0, 0].tolist() == pytest.approx([-6, -16 / 3, -14 / 3, -4])
    torch.testing.assert_close(found.log_shares.exp(), torch.full((2, n, 4), 0.25))


@torch.no_grad()
def test_digit_and_speaker_matter():
    network, codes = tiny(), torch.full((3, 20), SILENCE)
    scores = network(codes, torch.tensor([0, 1, 0]), torch.tensor([0, 0, 1])).means
    assert not torch.allclose(scores[0], scores[1])
    assert not torch.allclose(scores[0], scores[2])


def test_too_few_samples_are_refused():
    with pytest.raises(Mistake, match="receptive field 13"):
        tiny()(torch.zeros(1, 12, dtype=torch.int64), *torch.zeros(2, 1).long())


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
            logs = network(padded[None, t : t + reach], *given).log_probabilities()
            expected = -logs[0, 0, code] / math.log(2)
            assert found[t].item() == pytest.approx(expected.item(), abs=1e-4)


def test_training_learns_a_wave_and_goes_on_from_a_checkpoint(tmp_path):
    options = {"steps": 60, "size": 32, "lr": 0.02, "seed": 1}
    network, history = train_wavenet(tiny(), clips(), **options)
    assert history["bits"][-1] < 0.6 * history["bits"][0]
    path = tmp_path / "run.safetensors"
    train_wavenet(tiny(), clips(), checkpoint=path, **options)
    again, _ = train_wavenet(tiny(seed=5), clips(), checkpoint=path, **options)
    for a, b in zip(network.parameters(), again.parameters(), strict=True):
        assert a.equal(b)


def test_the_loss_is_the_mean_over_what_is_predicted(monkeypatch):
    monkeypatch.setenv("AIGC_BF16", "0")
    network, rng = tiny(), torch.Generator().manual_seed(0)
    windows = draw_windows(clips(1, length=30), 1, 50, network.receptive_field, rng)
    found = network(windows.inputs, windows.digits, windows.speakers)
    logs = found.log_probabilities()[0, :30]  # (30, 256)
    expected = F.nll_loss(logs, windows.targets[0, :30]) / math.log(2)
    torch.testing.assert_close(window_bits(network, windows), expected)
