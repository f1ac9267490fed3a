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
    module = tmp_path / "dist" / prepare.MODULE.name
    module.write_text("export {};")
    monkeypatch.setattr(prepare, "MODULE", module)
    monkeypatch.setattr(prepare, "WASM", wasm)
    monkeypatch.setattr(prepare, "VENDOR", tmp_path / "vendor")
    return tmp_path


def test_the_runtime_is_packed_and_unpacks_to_itself(tree):
    prepare.stage_ort()
    packed = tree / "vendor" / "ort" / "ort-wasm.bin"
    assert gzip.decompress(packed.read_bytes()) == prepare.WASM.read_bytes()


def test_only_these_two_are_staged_and_no_module_is_called_mjs(tree):
    folder = tree / "vendor" / "ort"
    folder.mkdir(parents=True)
    (folder / "ort.wasm.min.mjs").write_text("of an earlier version")
    prepare.stage_ort()
    assert {path.name for path in folder.iterdir()} == {"ort.js", "ort-wasm.bin"}


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
