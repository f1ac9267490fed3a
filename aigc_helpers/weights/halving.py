"""ONNX files whose numbers take 16 bits where 16 bits hold them."""

from pathlib import Path

import numpy as np

from aigc_helpers.files import whole

FEWEST = 64  # numbers of a tensor for which a node more is worth it


def halve(path: Path) -> Path:
    """Store a file's float32 tensors as float16 where no number changes.

    Each is made float32 again by one node, which a runtime runs once, when it opens the
    file: it computes what it computed before. A file that has none is left alone.
    """
    import onnx

    model = onnx.load_model_from_string(path.read_bytes())
    graph = model.graph
    wide = [tensor for tensor in graph.initializer if _fits(tensor)]
    for tensor in wide:
        name, values = tensor.name, onnx.numpy_helper.to_array(tensor)
        small = onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}_16")
        tensor.CopyFrom(small)
        cast = onnx.helper.make_node(
            "Cast", [small.name], [name], to=onnx.TensorProto.FLOAT
        )
        graph.node.insert(0, cast)
    if wide:
        with whole(path) as scratch:
            scratch.write_bytes(model.SerializeToString())
    return path


def _fits(tensor) -> bool:
    """Whether these are many float32 numbers, and 16 bits hold each of them."""
    import onnx

    if tensor.data_type != onnx.TensorProto.FLOAT:
        return False
    values = onnx.numpy_helper.to_array(tensor)
    with np.errstate(over="ignore"):
        return values.size >= FEWEST and bool(
            (values.astype(np.float16).astype(np.float32) == values).all()
        )
