"""Pictures of a stored notebook, as small as they look the same.

Matplotlib writes 32 bits a pixel. Grey pictures keep each grey in 8, but large ones,
photographs, every fourth; others, lines on white, keep their colours where there are
few, else the 128 that cover them best. Every viewer of notebooks knows such a PNG.
"""

import base64
import io

from PIL import Image, ImageChops

COLOURS = 128
LARGE = 40_000  # bytes of a grey picture, from which on it has every fourth grey
STEP = 4  # of 255: no eye tells two such greys apart
KIND = "image/png"


def with_lean_pictures(outputs: list) -> list:
    """The outputs of a cell, their pictures made smaller in place."""
    for output in outputs:
        data = output.get("data", {})
        if KIND in data:
            data[KIND] = lean(data[KIND])
    return outputs


def lean(text: str) -> str:
    """A picture in base64, smaller; as it is where it would grow."""
    picture = Image.open(io.BytesIO(base64.b64decode(text)))
    if picture.mode not in ("RGB", "RGBA") or _is_seen_through(picture):
        return text
    reduced = _reduced(picture.convert("RGB"))
    content = _png(reduced)
    if reduced.mode == "L" and len(content) > LARGE:
        content = _png(reduced.point(_coarse))
    made = base64.b64encode(content).decode() + "\n"
    return made if len(made) < len(text) else text


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _coarse(grey: int) -> int:
    """The nearest of the greys that stay; black and white are among them."""
    return min(255, round(grey / STEP) * STEP)


def _is_seen_through(picture: Image.Image) -> bool:
    return picture.mode == "RGBA" and picture.getchannel("A").getextrema()[0] < 255


def _reduced(picture: Image.Image) -> Image.Image:
    """The picture in 8 bits a pixel."""
    red, green, blue = picture.split()
    if not any(ImageChops.difference(red, c).getbbox() for c in (green, blue)):
        return red
    few = picture.getcolors(256)
    n = len(few) if few else COLOURS
    return picture.quantize(n, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
