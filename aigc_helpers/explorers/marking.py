"""What a reader takes away from an explorer says that it was generated.

Here stand the words, for the page too: ``front/marking.js`` marks what is saved there
with what `facts` gives, by the same rules, to the ear or the eye as well.

The rules are 《人工智能生成合成内容标识办法》 and GB 45438—2025, in force since
2025-09-01, as several public projects quote them: a JSON text under the name AIGC in
the file's metadata, with these keys, in sounds the rhythm 短长 短短, on pictures words
of 5 % of the shortest side. Where in a WAV or PNG file that name stands was found
nowhere; here it names an entry of the list INFO, and a text of the kind iTXt.
"""

import json
import struct
import zlib

import numpy as np

from aigc_helpers.explorers.words import WORDS

MU_LAW = 7  # the number of G.711's mu-law among the formats of WAV files
LABEL = {
    "Label": "1",
    "ContentProducer": WORDS["mark"]["producer"],
    "ProduceID": "",
    "ReservedCode1": "",
    "ContentPropagator": "",
    "PropagateID": "",
    "ReservedCode2": "",
}


def facts() -> dict:
    """What the page needs to mark what is saved there; part of a kind's config."""
    words = WORDS["mark"]
    return {"label": LABEL, "words": words["words"], "sound": words["sound"]}


def label_of(content: bytes) -> dict:
    """What the metadata say of content: the checksum of its bytes is its number."""
    return {**LABEL, "ProduceID": f"crc32-{zlib.crc32(content):08x}"}


def wav_bytes(codes: np.ndarray, rate: int, texts: dict[str, str]) -> bytes:
    """A WAV file of mu-law codes (n,), with texts by their four letters (INFO).

    Codes are uint8, as `sounds.companding` makes them: half the bytes of 16 bits.
    """
    form = struct.pack("<HHIIHHH", MU_LAW, 1, rate, rate, 1, 8, 0)
    entries = [_chunk(tag, f"{text}\0".encode()) for tag, text in texts.items()]
    chunks = (
        _chunk("fmt ", form),
        _chunk("fact", struct.pack("<I", len(codes))),
        _chunk("data", codes.tobytes()),
        _chunk("LIST", b"INFO" + b"".join(entries)),
    )
    return _chunk("RIFF", b"WAVE" + b"".join(chunks))


def labelled_wav(codes: np.ndarray, numbers: np.ndarray, rate: int, name: str) -> bytes:
    """A generated sound as a WAV file whose metadata say so; without audible mark.

    Parameters
    ----------
    codes : uint8 array (n,)
        By mu-law.
    numbers : int16 array (n,)
        What they stand for; of these is the checksum, as of what a page saves.
    rate : int
        In Hz.
    name : str
    """
    label = label_of(numbers.astype("<i2").tobytes())
    texts = {
        "INAM": name,
        "ICMT": WORDS["mark"]["sound"],
        "AIGC": json.dumps(label, ensure_ascii=False, separators=(",", ":")),
    }
    return wav_bytes(codes, rate, texts)


def _chunk(tag: str, content: bytes) -> bytes:
    size = struct.pack("<I", len(content))
    return tag.encode("ascii") + size + content + bytes(len(content) % 2)
