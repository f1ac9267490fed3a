"""Staging of what the site serves beside its pages."""

import gzip
import os

import prepare
import pytest


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tiny stand-in of node_modules, staged into a temporary folder."""
    wasm = tmp_path / "dist" / "ort-wasm-simd-threaded.wasm"
    wasm.parent.mkdir()
    wasm.write_bytes(b"\0asm" + bytes(1000))
    for name in ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs"):
        (wasm.parent / name).write_text("export {};")
    monkeypatch.setattr(prepare, "ORT", wasm.parent)
    monkeypatch.setattr(prepare, "WASM", wasm)
    monkeypatch.setattr(prepare, "VENDOR", tmp_path / "vendor")
    return tmp_path


def test_the_runtime_is_packed_and_unpacks_to_itself(tree):
    prepare.stage_ort()
    packed = tree / "vendor" / "ort" / "ort-wasm.bin"
    assert gzip.decompress(packed.read_bytes()) == prepare.WASM.read_bytes()


def test_staging_again_writes_only_what_changed(tree):
    prepare.stage_ort()
    packed = tree / "vendor" / "ort" / "ort-wasm.bin"
    before = packed.stat().st_mtime_ns
    prepare.stage_ort()
    assert packed.stat().st_mtime_ns == before

    prepare.WASM.write_bytes(b"\0asm" + bytes(2000))
    later = packed.stat().st_mtime + 10
    os.utime(prepare.WASM, (later, later))
    prepare.stage_ort()
    assert gzip.decompress(packed.read_bytes()) == prepare.WASM.read_bytes()
