"""Language models as files: one step each, states in and out, equal to torch."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from tiny_models import CHARACTERS, Recurrent, models

from aigc_helpers import weights
from aigc_helpers.explorers import site
from aigc_helpers.weights import export

MODELS = models()
STATES = {
    "lstm": [[1, 48]] * 2,
    "gru": [[1, 48]],
    "attention": [[1, 160, 32]] * 2 + [[1]],
    "window": [[1, 8]],
}


class Unfaithful(Recurrent):
    """Its state drifts from the fourth step on in a way the exporter cannot see."""

    calls = 0

    def step(self, tokens, state):
        logits, (h, c) = super().step(tokens, state)
        self.calls += 1
        shift = 0.0 if torch.compiler.is_exporting() else 0.01 * (self.calls > 3)
        return logits, (h, c + shift)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    return {
        name: export.export_step(model, folder / f"{name}.onnx")
        for name, model in MODELS.items()
    }


def shapes(values) -> dict:
    return {
        value.name: [size.dim_value for size in value.type.tensor_type.shape.dim]
        for value in values
    }


@pytest.mark.parametrize("name", MODELS)
def test_a_step_has_a_token_and_states_in_and_logits_and_states_out(exported, name):
    graph, states = onnx.load(exported[name]).graph, STATES[name]
    assert shapes(graph.input) == {
        "token": [1],
        **{f"state_{i}": shape for i, shape in enumerate(states)},
    }
    assert shapes(graph.output) == {
        "logits": [1, len(CHARACTERS)],
        **{f"next_{i}": shape for i, shape in enumerate(states)},
    }
    kinds = [value.type.tensor_type.elem_type for value in graph.input]
    float32 = onnx.TensorProto.FLOAT
    assert kinds == [onnx.TensorProto.INT64] + [float32] * len(states)


@pytest.mark.parametrize("name", MODELS)
def test_200_steps_equal_torch_each_on_its_own_states(exported, name):
    """More steps than the attention's cache has places."""
    model, state = MODELS[name], MODELS[name].initial_state()
    session = onnxruntime.InferenceSession(
        exported[name], providers=["CPUExecutionProvider"]
    )
    theirs = [value.numpy() for value in state]
    tokens = torch.randint(
        len(CHARACTERS), (200, 1), generator=torch.Generator().manual_seed(9)
    )
    for token in tokens:
        with torch.no_grad():
            logits, state = model.step(token, state)
        feed = {f"state_{i}": value for i, value in enumerate(theirs)}
        found, *theirs = session.run(None, {"token": token.numpy(), **feed})
        np.testing.assert_allclose(found, logits.numpy(), atol=1e-4)
    for ours, value in zip(state, theirs, strict=True):
        np.testing.assert_allclose(value, ours.numpy(), atol=1e-4)


def test_a_step_that_differs_is_not_written(tmp_path):
    path = tmp_path / "wrong.onnx"
    with pytest.raises(
        export.ExportError, match=r"wrong.onnx differs from torch by \d"
    ):
        export.export_step(Unfaithful().eval(), path)
    assert not path.exists()


def test_training_mode_is_restored_and_up_to_date_files_are_kept(tmp_path):
    model = Recurrent().train()
    path = export.export_step(model, tmp_path / "one.onnx")
    before = path.stat().st_mtime_ns
    assert model.training
    assert export.export_step(model, path).stat().st_mtime_ns == before
    with torch.no_grad():
        model.to_logits.bias[0] += 1
    export.export_step(model, path)
    assert path.stat().st_mtime_ns != before


def test_the_kind_in_the_card_decides_how_a_network_is_exported(tmp_path, monkeypatch):
    called = []
    card = {"latent_dim": 2, "n_classes": 0}
    cards = {
        "text": {"explorer": {"kind": "sampler"}},
        "plane": {"explorer": {"kind": "plane", **card}},
        "latent": {"explorer": {"kind": "latent", **card}},
        "judge": {},
    }
    monkeypatch.setattr(weights, "names", lambda: list(cards))
    monkeypatch.setattr(weights, "card", cards.get)
    monkeypatch.setattr(weights, "load", lambda name, facts: name)
    monkeypatch.setattr(weights, "load_decoder", lambda name, facts: name)
    for way in ("export_step", "export_decoder"):
        record = lambda name, path, way=way, **sizes: called.append((way, name, sizes))  # noqa: E731
        monkeypatch.setattr(export, way, record)
    site.export_all(tmp_path)
    assert called == [
        ("export_step", "text", {}),
        ("export_decoder", "plane", card),
        ("export_decoder", "latent", card),
    ]
    cards["latent"]["explorer"] = {"kind": "telescope"}
    with pytest.raises(ValueError, match="asks for an explorer 'telescope'"):
        site.export_all(tmp_path)
