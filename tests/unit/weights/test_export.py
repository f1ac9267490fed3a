"""Exported networks: equal to torch, without traces of this machine, up to date."""

import onnx
import onnxruntime
import pytest
import torch
from tiny_fillers import fillers
from torch import nn

from aigc_helpers import gan, vae, weights
from aigc_helpers.explorers import site
from aigc_helpers.weights import export


class NotDeterministic(nn.Module):
    """Differs from its export: torch adds what the exporter cannot see."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 9)
        self.calls = 0

    def forward(self, z):
        self.calls += 1
        shift = 0.0 if torch.compiler.is_exporting() else 0.01 * (self.calls > 3)
        return torch.sigmoid(self.layer(z)).view(-1, 1, 3, 3) + shift


@pytest.fixture(scope="module")
def decoder():
    torch.manual_seed(0)
    return gan.PixelDecoder(gan.ConditionalGenerator(8, width=4))


@pytest.fixture(scope="module")
def exported(decoder, tmp_path_factory):
    path = tmp_path_factory.mktemp("networks") / "deep" / "tiny.onnx"
    return export.export_decoder(decoder, path, latent_dim=8, n_classes=10)


def shapes(values) -> dict:
    return {
        value.name: [size.dim_value for size in value.type.tensor_type.shape.dim]
        for value in values
    }


def test_inputs_and_output_have_fixed_names_and_shapes(exported):
    graph = onnx.load(exported).graph
    assert shapes(graph.input) == {"z": [1, 8], "y": [1, 10]}
    assert shapes(graph.output) == {"image": [1, 1, 28, 28]}


def test_the_file_equals_torch_on_inputs_of_its_own(exported, decoder):
    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    z, y = torch.full((1, 8), -0.7), torch.eye(10)[[4]]
    (image,) = session.run(["image"], {"z": z.numpy(), "y": y.numpy()})
    with torch.no_grad():
        assert torch.allclose(torch.from_numpy(image), decoder(z, y), atol=1e-4)


def test_no_path_and_no_doc_string_is_left(exported):
    content = exported.read_bytes()
    for trace in (
        b".py",
        b"site-packages",
        b"Traceback",
        b"File ",
        b"/home",
        b"forward(",
    ):
        assert trace not in content
    model = onnx.load(exported)
    messages = list(export._messages(model))
    assert len(messages) > 20
    assert not any(getattr(message, "doc_string", "") for message in messages)
    assert [prop.key for prop in model.metadata_props] == ["aigc_fingerprint"]


def test_an_up_to_date_file_is_kept(exported, decoder):
    before = exported.stat().st_mtime_ns
    export.export_decoder(decoder, exported, latent_dim=8, n_classes=10)
    assert exported.stat().st_mtime_ns == before


def test_other_weights_and_damage_write_the_file_anew(tmp_path, decoder):
    path = tmp_path / "tiny.onnx"
    path.write_bytes(b"not a network")
    export.export_decoder(decoder, path, latent_dim=8, n_classes=10)
    first = path.read_bytes()
    other = gan.PixelDecoder(gan.ConditionalGenerator(8, width=4))
    export.export_decoder(other, path, latent_dim=8, n_classes=10)
    assert path.read_bytes() != first
    assert [part.name for part in tmp_path.iterdir()] == ["tiny.onnx"]


def test_a_network_that_differs_is_not_written(tmp_path):
    path = tmp_path / "wrong.onnx"
    with pytest.raises(export.ExportError, match="differs from torch"):
        export.export_decoder(NotDeterministic(), path, latent_dim=4)
    assert not path.exists()


@pytest.mark.parametrize("name", ["plain", "sampled"])
def test_a_network_that_fills_a_hole_is_exported(tmp_path, name):
    network, shape = fillers()[name], (1, 1, 20, 16)
    sizes = {"image_shape": shape[1:], "latent_dim": network.latent_dim}
    path = export.export_filler(network, tmp_path / "tiny.onnx", **sizes)
    graph = onnx.load(path).graph
    z = {"z": [1, 4]} if name == "sampled" else {}
    assert shapes(graph.input) == {"image": list(shape), "hole": list(shape), **z}
    assert shapes(graph.output) == {"filled": list(shape)}
    inputs = [torch.rand(shape), (torch.rand(shape) < 0.4).float()]
    inputs += [torch.full((1, 4), -0.7)] if z else []
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [value.name for value in graph.input]
    feed = {key: one.numpy() for key, one in zip(names, inputs, strict=True)}
    (filled,) = session.run(None, feed)
    with torch.no_grad():
        expected = network(*inputs)
    torch.testing.assert_close(torch.from_numpy(filled), expected, atol=1e-4, rtol=0)


class Summed(nn.Module):
    """A picture, and a number that may differ from its export."""

    def __init__(self, shift: float = 0.0):
        super().__init__()
        self.layer, self.shift = nn.Linear(4, 9), shift

    def forward(self, z):
        image = torch.sigmoid(self.layer(z)).view(-1, 1, 3, 3)
        shift = 0.0 if torch.compiler.is_exporting() else self.shift
        return image, image.sum(dim=(1, 2, 3)) + shift


def test_a_decoder_s_number_is_exported_and_compared(tmp_path):
    path, network = tmp_path / "tiny.onnx", Summed()
    export.export_decoder(network, path, latent_dim=4, measures=True)
    assert shapes(onnx.load(path).graph.output) == {"image": [1, 1, 3, 3], "value": [1]}
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    z = torch.full((1, 4), -0.7)
    with torch.no_grad():
        expected = network(z)
    for ours, theirs in zip(expected, session.run(None, {"z": z.numpy()}), strict=True):
        torch.testing.assert_close(torch.from_numpy(theirs), ours)
    with pytest.raises(export.ExportError, match="differs from torch by 1"):
        export.export_decoder(
            Summed(0.01), tmp_path / "wrong.onnx", latent_dim=4, measures=True
        )


def test_the_distance_of_shipped_faces_equals_torch(tmp_path):
    path = site.export_network("image_faces", tmp_path)
    decoder = weights.load_decoder("image_faces")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    z = torch.randn(20, 32, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        expected = decoder(z)[1]
    found = [session.run(["value"], {"z": one.numpy()})[0][0] for one in z[:, None]]
    assert found == pytest.approx(expected.tolist(), abs=1e-4)
    assert expected.min() > 0.5  # none is a copy


class Otherwise(nn.Module):
    """Differs from its export wherever there is a hole."""

    def forward(self, image, hole):
        shift = 0.0 if torch.compiler.is_exporting() else 0.01 * hole.amax()
        return image.clamp(0, 1) + shift


def test_a_filler_that_differs_is_not_written(tmp_path):
    path = tmp_path / "wrong.onnx"
    with pytest.raises(export.ExportError, match="differs from torch"):
        export.export_filler(Otherwise(), path, image_shape=(1, 8, 8))
    assert not path.exists()


@pytest.mark.parametrize("n_classes", [0, 10])
def test_a_vae_decoder_is_exported_as_probabilities(tmp_path, n_classes):
    torch.manual_seed(0)
    model = vae.VAE(2, width=4, hidden=8, depth=1, n_classes=n_classes)
    sizes = {"latent_dim": 2, "n_classes": n_classes}
    path = export.export_decoder(
        vae.PixelDecoder(model), tmp_path / "tiny.onnx", **sizes
    )
    inputs = {"z": torch.randn(1, 2), **({"y": torch.eye(10)[:1]} if n_classes else {})}
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (image,) = session.run(None, {key: t.numpy() for key, t in inputs.items()})
    expected = vae.sample_images(model, *inputs.values())
    torch.testing.assert_close(torch.from_numpy(image), expected)


def test_all_networks_of_explorers_are_exported(tmp_path, monkeypatch, decoder):
    cards = {
        "with": {
            "network": {"module": "gan"},
            "explorer": {
                "kind": "latent",
                "decoder": "PixelDecoder",
                "latent_dim": 8,
                "n_classes": 10,
            },
        },
        "classifier": {},
    }
    monkeypatch.setattr(weights, "names", lambda: list(cards))
    monkeypatch.setattr(weights, "card", cards.get)
    load = lambda name, facts: decoder.generator  # noqa: E731
    monkeypatch.setattr(weights.shipped, "load", load)
    assert site.export_all(tmp_path) == [tmp_path / "with.onnx"]


@pytest.mark.parametrize(
    "name",
    [
        "gan_mnist",
        "gan_mnist_conditional",
        "vae_mnist",
        "vae_mnist_plane",
        "vae_mnist_conditional",
    ],
)
def test_shipped_decoders_give_images(name):
    decoder = weights.load_decoder(name)
    size = weights.card(name)["explorer"]
    z = torch.randn(2, size["latent_dim"], generator=torch.Generator().manual_seed(0))
    inputs = [z]
    if size["n_classes"]:
        inputs.append(torch.eye(size["n_classes"])[:2])
    images = decoder(*inputs)
    assert list(images.shape) == [2, *size["image_shape"]]
    assert 0 <= images.min() and images.max() <= 1 and images.max() > 0.5
