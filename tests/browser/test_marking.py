"""A generated picture that is saved: words in a corner, a text in the file."""

import base64
import io
import json
import zlib

import numpy as np
import pytest
from PIL import Image

from aigc_helpers.explorers import marking

SAVE = """async ({ shape: [height, width], mark }) => {
  const address = "/_static/explorers/front/marking.js";
  const { markedPng } = await import(address);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  image.data.forEach((_, i) => (image.data[i] = i % 4 === 3 ? 255 : 100 + (i % 7)));
  context.putImageData(image, 0, 0);
  return btoa(String.fromCharCode(...await markedPng(canvas, mark)));
}"""


@pytest.mark.parametrize("shape", [(28, 28), (64, 200), (300, 400)])
def test_a_picture_is_saved_with_words_that_can_be_read_and_metadata(open_page, shape):
    page = open_page("empty.html")
    content = page.evaluate(SAVE, {"shape": shape, "mark": marking.facts()})
    file = base64.b64decode(content)
    Image.open(io.BytesIO(file)).verify()  # checksums of all chunks
    label = json.loads(Image.open(io.BytesIO(file)).text["AIGC"])
    start = file.index(b"iTXt") - 4
    bare = file[:start] + file[-12:]  # without the text
    assert label == {**marking.LABEL, "ProduceID": f"crc32-{zlib.crc32(bare):08x}"}
    pixels = np.asarray(Image.open(io.BytesIO(file)).convert("L")).astype(int)
    times = -(-256 // min(shape)) if min(shape) < 256 else 1
    assert pixels.shape == (times * shape[0], times * shape[1])
    light = np.argwhere(pixels > 200)  # the letters
    height = np.ptp(light[:, 0]) + 1
    assert 0.05 <= height / min(pixels.shape) <= 0.1
    assert light[:, 0].min() > pixels.shape[0] * 0.8
    own = pixels[: times * 3, : times * 3 : times][::times]
    assert ((own > 95) & (own < 110)).all()  # elsewhere it is the picture
