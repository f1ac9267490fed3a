"""One step of a network that attends, as a file: any source, states that grow."""

import numpy as np
import onnxruntime
import pytest
import torch
from tiny_transducers import N_TARGET, random_sources, transducer

from aigc_helpers.language.transduction import transduce
from aigc_helpers.weights import export

LENGTHS = (5, 1, 12)


def written_by_file(path, source, n: int) -> list[int]:
    """The first n tokens that the file alone writes."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    states = {one.name: one for one in session.get_inputs() if "state" in one.name}
    assert list(states) == ["state_0", "state_1"]
    feed = {
        "state_0": np.zeros((1, 24), np.float32),
        "state_1": np.zeros((1, source.shape[1]), np.float32),
    }
    token, tokens = np.zeros(1, np.int64), []
    for _ in range(n):
        results = session.run(None, {"source": source.numpy(), "token": token, **feed})
        names = [output.name for output in session.get_outputs()]
        found = dict(zip(names, results, strict=True))
        feed = {"state_0": found["next_0"], "state_1": found["next_1"]}
        assert found["attention"].sum() == pytest.approx(1, abs=1e-5)
        token = found["scores"].argmax(1)
        tokens.append(int(token[0]))
    return tokens


@pytest.mark.parametrize(("copies", "n_features"), [(False, 1), (True, 2)])
def test_the_file_writes_what_torch_writes_for_sources_of_any_length(
    copies, n_features, tmp_path, capfd
):
    model = transducer(copies=copies, n_features=n_features)
    sources = random_sources(LENGTHS, n_features=n_features)
    path = export.export_transducer(model, tmp_path / "one.onnx", sources)
    for source in random_sources((2, 7, 30), n_features=n_features, seed=1):
        (expected,) = transduce(model, source, max_length=8)
        n = len(expected.tokens)
        assert written_by_file(path, source, n) == expected.tokens
        assert max(expected.tokens, default=0) < N_TARGET + copies * source.shape[1]
    assert "VerifyOutputSizes" not in capfd.readouterr().err


def test_a_file_that_is_up_to_date_is_left_alone(tmp_path):
    model, sources = transducer(), random_sources(LENGTHS)
    path = export.export_transducer(model, tmp_path / "one.onnx", sources)
    before = path.stat().st_mtime_ns
    assert export.export_transducer(model, path, sources).stat().st_mtime_ns == before


def test_a_network_that_differs_from_its_file_is_told(tmp_path):
    model = transducer()
    forward = model.step

    def unfaithful(source, tokens, state):
        scores, attention, state = forward(source, tokens, state)
        return scores + 0.01 * (not torch.compiler.is_exporting()), attention, state

    model.step = unfaithful
    with pytest.raises(export.ExportError, match="differs"):
        export.export_transducer(model, tmp_path / "a.onnx", random_sources(LENGTHS))
