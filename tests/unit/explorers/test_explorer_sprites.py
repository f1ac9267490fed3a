"""The packer of pictures."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from aigc_helpers.explorers import sprites


def picture(sheet) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(sheet.content)))


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
@pytest.mark.parametrize("form", [sprites.PNG, sprites.WEBP])
def test_tiles_lie_row_by_row_and_are_exact(shape, form):
    pictures = np.random.default_rng(0).integers(0, 256, (4, *shape), dtype=np.uint8)
    sheet = sprites.make_sheet(pictures, 3, form)
    assert (sheet.rows, sheet.columns, sheet.tile) == (2, 3, (5, 7))
    whole = picture(sheet)
    whole = whole if len(shape) == 3 or whole.ndim == 2 else whole[..., 0]
    for i in range(4):
        top, left = 5 * (i // 3), 7 * (i % 3)
        tile = whole[top : top + 5, left : left + 7]
        assert np.array_equal(tile, pictures[i])
    assert (whole[5:, 7:] == 255).all()  # no picture there


def test_an_address_names_the_format():
    sheet = sprites.make_sheet(np.zeros((1, 2, 2), np.uint8), 1, sprites.LOSSY)
    start, text = sheet.address.split(",")
    assert start == "data:image/webp;base64"
    assert base64.b64decode(text) == sheet.content == base64.b64decode(sheet.base64)


def test_levels_run_from_black_to_white():
    values = np.linspace(0, 1, 1001)
    assert np.unique(sprites.levelled(values, 16)).tolist() == list(range(0, 256, 17))
    assert np.array_equal(sprites.levelled(values, 256), np.rint(values * 255))


def test_a_sprite_gives_up_levels_then_pixels_until_it_fits():
    grid = np.random.default_rng(0).random((3, 4, 16, 16))
    sheet = sprites.fitting_sprite(grid, most=2000)
    assert len(sheet.address) <= 2000 and sheet.tile[0] < 16
    assert (sheet.rows, sheet.columns) == (3, 4)
    assert sprites.fitting_sprite(grid, most=2000, shrinks=(1,)) is None


def test_columns_make_a_sheet_about_three_wide_and_two_high():
    assert sprites.columns_for(6, 100, 100) == 3
    assert sprites.columns_for(6, 28, 280) == 1
    assert sprites.columns_for(5, 400, 10) == 5


def test_a_sheet_that_no_browser_shows_is_refused():
    words = "take fewer values or smaller pictures"
    with pytest.raises(ValueError, match=words) as caught:
        sprites.make_sheet(np.zeros((2, 9000, 4), np.uint8), 1)
    assert "2 张 9000×4 的图拼起来太大" in caught.value.chinese
