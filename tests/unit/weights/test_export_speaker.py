"""Networks that speak, as three files: any text, the same frames, 16 bits a number."""

import numpy as np
import onnx
import onnxruntime
import pytest
from tiny_tacotrons import talkative

from aigc_helpers import speech
from aigc_helpers.weights import speaking
from aigc_helpers.weights.halving import halve


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    speaker = speech.ShownSpeaker(talkative())
    folder = tmp_path_factory.mktemp("networks")
    return speaker, speaking.export_speaker(speaker, folder / "voice.onnx")


def session(path, end=""):
    file = path.with_name(f"{path.stem}{end}.onnx")
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def results(one, feed) -> dict:
    names = [output.name for output in one.get_outputs()]
    return dict(zip(names, one.run(None, feed), strict=True))


def said_by_files(path, speaker, digits, voice, n):
    """Frames, weights and stop of n steps, and the spectrum, by the files alone."""
    letters, voice = (one.numpy() for one in speaker.read(digits, voice))
    feed = results(session(path, "-opening"), {"letters": letters, "voice": voice})
    frames, rows, step = [], [], session(path)
    for _ in range(n):
        found = results(step, feed)
        frames.append(found["frames"])
        rows.append(found["weights"])
        feed["frame"] = found.pop("next_frame")
        feed |= {k.replace("next", "state"): v for k, v in found.items() if "next" in k}
    frames = np.concatenate(frames, 1)
    (spectrum,) = session(path, "-ending").run(None, {"frames": frames})
    return np.concatenate(rows), spectrum[0].T, found["stop"]


@pytest.mark.parametrize("digits", [[7], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]])
def test_the_files_say_what_torch_says(exported, digits, capfd):
    speaker, path = exported
    text = "".join(map(str, digits))
    (found,) = speech.synthesise(speaker.network, [text], [1])
    n = min(len(found.attention), 20)
    weights, spectrum, stop = said_by_files(path, speaker, digits, 1, n)
    np.testing.assert_allclose(weights, found.attention[:n], atol=1e-4)
    whole = (n - 2) * speaker.network.n_frames  # frames that see none behind these
    np.testing.assert_allclose(
        spectrum[:, :whole], found.spectrum[:, :whole], atol=1e-3
    )
    assert (stop > 0) == (found.is_complete and n == len(found.attention))
    assert "VerifyOutputSizes" not in capfd.readouterr().err


def test_numbers_take_16_bits_and_files_that_are_up_to_date_are_left_alone(exported):
    speaker, path = exported
    paths = sorted(path.parent.iterdir())
    assert [one.name for one in paths] == [
        "voice-ending.onnx",
        "voice-opening.onnx",
        "voice.onnx",
    ]
    for one in paths:
        tensors = onnx.load(one).graph.initializer
        wide = [t for t in tensors if t.data_type == onnx.TensorProto.FLOAT]
        assert max((np.prod(t.dims) for t in wide), default=0) < 64
    before = [one.stat().st_mtime_ns for one in paths]
    speaking.export_speaker(speaker, path)
    assert [one.stat().st_mtime_ns for one in paths] == before


def test_numbers_that_16_bits_do_not_hold_stay(tmp_path):
    values = np.ones((2, 100), np.float32)
    values[1, 7] += 2**-20
    tensors = [
        onnx.numpy_helper.from_array(row, name)
        for row, name in zip(values, "ab", strict=True)
    ]
    node = onnx.helper.make_node("Add", ["a", "b"], ["c"])
    shape = onnx.helper.make_tensor_value_info("c", onnx.TensorProto.FLOAT, [100])
    graph = onnx.helper.make_graph([node], "g", [], [shape], tensors)
    path = tmp_path / "sum.onnx"
    opset = [onnx.helper.make_opsetid("", 18)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=10), path)
    halve(path)
    kinds = {t.name: t.data_type for t in onnx.load(path).graph.initializer}
    assert kinds == {"a_16": onnx.TensorProto.FLOAT16, "b": onnx.TensorProto.FLOAT}
    (found,) = onnxruntime.InferenceSession(path).run(None, {})
    np.testing.assert_array_equal(found, values.sum(0))
