"""Answers of slow functions, kept from one build to the next beside Sphinx's own cache.

A build that begins anew removes them with that cache, so they are of today's code.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path


class Memory:
    """Bytes that functions made of bytes, in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def recall(self, function: Callable[[bytes], bytes], content: bytes) -> bytes:
        """``function(content)``, computed once."""
        name = hashlib.sha256(content).hexdigest()
        file = self.folder / function.__name__ / name
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_suffix(".part")
            unfinished.write_bytes(function(content))
            unfinished.replace(file)
        return file.read_bytes()
