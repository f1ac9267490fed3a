"""What all explorers check: numbers, texts, presets, options; arrays as text."""

import base64
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from aigc_helpers.explorers import checks
from aigc_helpers.explorers.latent.setting import latent_setting
from aigc_helpers.explorers.plane.setting import plane_setting
from aigc_helpers.explorers.sampler.setting import sampler_setting


@pytest.mark.parametrize("value", [0, 4, 1.0, True, "2", None, float("nan")])
def test_an_integer_is_an_int_in_its_range(value):
    checks.check_integer("n", 3, 1, 3)
    with pytest.raises(ValueError, match=r"n must be an integer in 1\.\.3, not"):
        checks.check_integer("n", value, 1, 3)


def test_numbers_are_brought_into_shape_and_finite():
    assert checks.finite_numbers("x", 2, (3,)).tolist() == [2, 2, 2]
    nine = checks.finite_numbers("x", range(9), (3, 3), np.reshape)
    assert nine[2].tolist() == [6, 7, 8]
    for value in ([1, 2], "x", [[1, 2], [3]], None, 10**400):
        with pytest.raises(ValueError, match=r"x must be numbers \(3,\)|NaN"):
            checks.finite_numbers("x", value, (3,))
    with pytest.raises(ValueError, match="NaN or infinity in x"):
        checks.finite_numbers("x", np.inf, (3,))


def test_a_list_of_numbers_has_one_of_the_sizes():
    assert checks.number_list("x", torch.tensor([1.5, 2]), 2) == [1.5, 2.0]
    assert checks.number_list("x", np.float32([1, 2, 3]), 2, 3) == [1, 2, 3]
    for values in ([1], [1, np.nan], [[1, 2]], 3, "ab", None, [10**400, 1]):
        with pytest.raises(ValueError, match="x needs 2 finite numbers"):
            checks.number_list("x", values, 2)


def test_names_are_so_many_texts():
    assert checks.name_tuple("names", ["一", "二"], 2) == ("一", "二")
    for names in (["一"], ["一", ""], ["一", 2], "一二"):
        with pytest.raises(ValueError, match="names must be"):
            checks.name_tuple("names", names, 2)


def test_a_preset_has_a_name_and_known_keys():
    preset = {"name": "甲", "t": 1}
    copy = checks.preset_of(preset, ("t", "u"))
    assert copy == preset and copy is not preset
    for wrong in ({"t": 1}, {"name": ""}, {"name": 3}, {"name": "甲", "v": 1}, "甲"):
        with pytest.raises(ValueError, match="a preset has a name and any of"):
            checks.preset_of(wrong, ("t", "u"))
    with pytest.raises(ValueError, match="a preset has a name and all of"):
        checks.preset_of(preset, ("t", "u"), whole=True)


@dataclass(frozen=True)
class Options:
    """Two options."""

    seed: int = 0
    label: int = 0


def test_an_unknown_option_is_named_and_so_are_those_there_are():
    assert checks.options_of(Options, {"label": 2}) == Options(0, 2)
    with pytest.raises(TypeError, match=r"\['lable'\]; there are \['seed', 'label'\]"):
        checks.options_of(Options, {"lable": 2})


@pytest.mark.parametrize(
    "make",
    [
        lambda **options: latent_setting(8, 0, **options),
        lambda **options: plane_setting(np.eye(2), **options),
        lambda **options: sampler_setting("ab", None, prompt="a", **options),
    ],
    ids=["latent", "plane", "sampler"],
)
def test_settings_name_an_option_that_they_do_not_have(make):
    with pytest.raises(TypeError, match=r"unknown options \['lenght'\]"):
        make(lenght=3)


def test_arrays_become_text_row_by_row():
    values = np.arange(6, dtype="<f4").reshape(2, 3)
    text = checks.base64_of(values.T)
    packed = np.frombuffer(base64.b64decode(text), "<f4")
    assert packed.tolist() == [0, 3, 1, 4, 2, 5]
    assert checks.float32_bytes(values.T.astype(float)) == base64.b64decode(text)
