"""Stage what the site serves beside its pages into build/assets.

onnxruntime-web comes from node_modules, explorers and networks from
aigc_helpers. Running it again copies only what changed.
"""

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
ASSETS = ROOT / "build" / "assets"
VENDOR = ASSETS / "vendor"

ORT = MODULES / "onnxruntime-web" / "dist"
MODULE = ORT / "ort.wasm.bundle.min.mjs"
WASM = ORT / "ort-wasm-simd-threaded.wasm"


def main() -> None:
    """Stage onnxruntime-web, the explorers and their networks."""
    if not MODULES.is_dir():
        sys.exit("node_modules is missing: run `make book`, or `npm ci` first")
    stage_ort()
    command = [sys.executable, "-m", "aigc_helpers.cli", "site", "--to", str(ASSETS)]
    subprocess.run(command, cwd=ROOT, check=True)


def stage_ort() -> None:
    """The module, which holds its glue, and the WebAssembly, compressed.

    A module must be called ``.js``: many hosts send ``.mjs`` under a type that browsers
    do not run. The neutral name ``.bin`` keeps hosts from compressing or retyping the
    WebAssembly; the page unpacks it.
    """
    module, packed = VENDOR / "ort" / "ort.js", VENDOR / "ort" / "ort-wasm.bin"
    for left in {*packed.parent.glob("*")} - {module, packed}:
        left.unlink()  # of an earlier version
    copy(MODULE, module)
    if is_stale(packed, WASM):
        packed.write_bytes(gzip.compress(WASM.read_bytes(), 9, mtime=0))


def copy(source: Path, target: Path) -> None:
    """Copy unless the target is as new as the source."""
    if is_stale(target, source):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def is_stale(target: Path, source: Path) -> bool:
    """Whether ``target`` is missing or older than ``source``."""
    return not target.is_file() or target.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    main()
