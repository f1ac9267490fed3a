"""Damaged files and settings end in the documented error, never in a wrong result.

Property tests: a few examples here, thousands under ``make stress``.
"""

import gzip
import json
import math
import struct

import numpy as np
import pytest
import torch
from damage import NASTY, damaged, json_values, no_hang, numbers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from aigc_helpers import gan, weights
from aigc_helpers.data import hosts
from aigc_helpers.data.idx import read_idx
from aigc_helpers.explorers.latent.setting import latent_setting
from aigc_helpers.tables.stored import StoredTable, read, write
from aigc_helpers.training import checkpoint
from aigc_helpers.training.checkpoint import (
    read_checkpoint,
    restore_checkpoint,
    save_checkpoint,
)

shares_a_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def result_of(parser, *arguments, **options):
    """What a parser returns, None if it raises ValueError; anything else fails."""
    with no_hang():
        try:
            return parser(*arguments, **options)
        except ValueError as error:
            assert str(error), "an error says what is wrong"
            return None


# IDX files ----------------------------------------------------------------------------

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 5, 4), dtype=np.uint8)
IDX = gzip.compress(b"\0\0\x08\x03" + struct.pack(">3I", 3, 5, 4) + IMAGES.tobytes())


@given(content=st.one_of(damaged(IDX), st.binary(max_size=60)))
@shares_a_folder
def test_a_damaged_image_file_gives_the_same_images_or_an_error(content, tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    found = result_of(read_idx, path)
    assert found is None or np.array_equal(found, IMAGES)


@given(
    magic=st.one_of(st.sampled_from([b"\0\0\x08" + bytes([n]) for n in range(6)])),
    sizes=st.lists(st.sampled_from([n for n in NASTY if n < 2**32]), max_size=4),
    values=st.binary(max_size=20),
)
@shares_a_folder
def test_a_header_that_promises_anything_gives_that_shape_or_an_error(
    magic, sizes, values, tmp_path
):
    path = tmp_path / "images.gz"
    header = magic + struct.pack(f">{len(sizes)}I", *sizes)
    path.write_bytes(gzip.compress(header + values))
    found = result_of(read_idx, path)
    if found is None:
        return
    whole = header + values
    n = whole[3]
    shape = struct.unpack(f">{n}I", whole[4 : 4 + 4 * n])
    assert found.shape == shape and found.dtype == np.uint8
    assert found.tobytes() == whole[4 + 4 * n :]
    assert math.prod(shape) == found.size


# Checkpoints --------------------------------------------------------------------------


def make_parts() -> dict:
    """A small run: a network, its optimizer, a generator, a history."""
    torch.manual_seed(0)
    model = nn.Linear(2, 3)
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    rng = torch.Generator().manual_seed(0)
    return {
        "model": model,
        "optimizer": optimizer,
        "rng": rng,
        "history": {"loss": [0.5]},
    }


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Bytes of a good checkpoint, its tensors, its facts."""
    path = tmp_path_factory.mktemp("good") / "run"
    save_checkpoint(path, make_parts(), step=7, steps=20)
    return path.read_bytes(), *read_checkpoint(path)


@given(data=st.data())
@shares_a_folder
def test_a_damaged_checkpoint_gives_the_same_run_or_an_error(data, saved, tmp_path):
    content, tensors, facts = saved
    path = tmp_path / "run"
    path.write_bytes(data.draw(damaged(content)))
    found = result_of(read_checkpoint, path)
    if found is None:
        return
    assert found[1] == facts and found[0].keys() == tensors.keys()
    assert all(torch.equal(found[0][name], tensors[name]) for name in tensors)


def write_safetensors(path, header, body: bytes) -> None:
    """A file with any JSON as its header."""
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


entry = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(
            "F64 F32 F16 BF16 I64 U8 BOOL F8_E5M2 F4 C64 X".split()
        ),
        "shape": st.lists(st.sampled_from([0, 1, 2, 2**31, 2**62, 2**63]), max_size=3),
        "data_offsets": st.tuples(*[st.sampled_from([0, 1, 4, 8, 2**40])] * 2),
    }
)


@given(
    header=st.one_of(
        json_values,
        st.fixed_dictionaries(
            {"__metadata__": st.one_of(json_values, st.just({"state": "{}"}))},
            optional={"model/weight": st.one_of(entry, json_values)},
        ),
    ),
    body=st.binary(max_size=16),
)
@shares_a_folder
def test_any_header_of_a_checkpoint_ends_in_an_error(header, body, tmp_path):
    path = tmp_path / "run"
    write_safetensors(path, header, body)
    assert result_of(read_checkpoint, path) is None  # none has a right checksum


tensors = st.sampled_from(
    [
        torch.zeros(0),
        torch.zeros(3),
        torch.ones(3, 2),
        torch.zeros(16, dtype=torch.uint8),
    ]
)
names = st.sampled_from(
    "model/weight rng/state optimizer/0/step optimizer/0 optimizer/9/exp_avg "
    "history/loss history/x history model/x x".split()
)


@given(
    lost=st.lists(names, max_size=1),
    facts=st.fixed_dictionaries(
        {},
        optional={
            "step": st.one_of(st.integers(-1, 21), json_values),
            "steps": json_values,
            "parts": json_values,
            "runtime": json_values,
        },
    ),
    entries=st.dictionaries(names, st.one_of(tensors, json_values), max_size=2),
)
@pytest.mark.filterwarnings("ignore:检查点 .* 是在别的环境里存的")
@shares_a_folder
def test_a_whole_checkpoint_of_anything_restores_a_step_or_ends_in_an_error(
    lost, facts, entries, saved, tmp_path
):
    _, good_tensors, good_facts = saved
    told = {**good_facts, **facts}
    held = {key: value for key, value in good_tensors.items() if key not in lost}
    for name, value in entries.items():
        if torch.is_tensor(value):
            held[name] = value.clone()
        else:
            held.pop(name, None)
            told[name] = value
    path, state = tmp_path / "run", json.dumps(told)
    metadata = {"state": state, "sha256": checkpoint._sha256(state, held)}
    save_file(held, path, metadata=metadata)
    step = result_of(restore_checkpoint, path, make_parts(), 20)
    assert step is None or (type(step) is int and 0 <= step <= 20)


# Weights and their cards --------------------------------------------------------------

CARD = {
    "network": {"module": "gan", "class": "ToyGenerator", "arguments": {"width": 4}}
}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A folder with the weights and the card of a small network, and the network."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    small = gan.ToyGenerator(width=4)
    weights.save("tiny", small, CARD, folder=folder)
    return folder, small


def load_from(folder, card: bytes, content: bytes):
    """The network of a card and a file, or None if they are refused."""
    (folder / "tiny.json").write_bytes(card)
    (folder / "tiny.safetensors").write_bytes(content)
    return result_of(weights.load, "tiny", folder=folder)


def same_network(found, expected) -> bool:
    mine, other = found.state_dict(), expected.state_dict()
    return mine.keys() == other.keys() and all(
        torch.equal(mine[name], other[name]) for name in mine
    )


@given(data=st.data())
@shares_a_folder
def test_damaged_weights_give_the_same_network_or_an_error(data, network, tmp_path):
    folder, expected = network
    files = [(folder / f"tiny.{end}").read_bytes() for end in ("json", "safetensors")]
    which = data.draw(st.integers(0, 1))
    files[which] = data.draw(damaged(files[which]))
    found = load_from(tmp_path, *files)
    assert found is None or same_network(found, expected)


recipe = st.fixed_dictionaries(
    {
        "module": st.one_of(
            st.sampled_from(["gan", "judge", "cli", "absent", "gan.x", ""]),
            json_values,
        ),
        "class": st.one_of(
            st.sampled_from(
                ["ToyGenerator", "Generator", "train_gan", "nn", "Decoder"]
            ),
            json_values,
        ),
        "arguments": st.one_of(
            json_values,
            st.dictionaries(
                st.sampled_from(["width", "latent_dim", "x"]), st.one_of(numbers)
            ),
        ),
    }
)


@given(card=st.one_of(json_values, recipe), honest=st.booleans())
@pytest.mark.filterwarnings("ignore:Initializing zero-element")
@shares_a_folder
def test_a_card_of_anything_gives_a_network_or_an_error(
    card, honest, network, tmp_path
):
    folder, expected = network
    content = (folder / "tiny.safetensors").read_bytes()
    checksum = weights.shipped._sha256(folder / "tiny.safetensors")
    facts = {"network": card, "sha256": checksum} if honest else card
    found = load_from(tmp_path, json.dumps(facts).encode(), content)
    assert found is None or same_network(found, expected)


# Other files and settings -------------------------------------------------------------


@given(content=st.one_of(st.binary(max_size=40), json_values.map(json.dumps)))
@shares_a_folder
def test_a_memory_of_hosts_of_anything_is_read(content, tmp_path):
    content = content if isinstance(content, bytes) else content.encode()
    (tmp_path / hosts.FILE_NAME).write_bytes(content)
    recent = hosts.FailedHosts(tmp_path).recent()
    assert all(0 <= age < hosts.REMEMBERED for age, *_ in recent.values())


host_entry = st.fixed_dictionaries(
    {
        "time": st.one_of(numbers, json_values),
        "reason": json_values,
        "chinese": json_values,
    }
)


@given(stored=st.dictionaries(st.text(max_size=4), host_entry))
@shares_a_folder
def test_a_memory_of_hosts_with_any_times_is_read(stored, tmp_path):
    test = test_a_memory_of_hosts_of_anything_is_read.hypothesis.inner_test
    test(json.dumps(stored), tmp_path)


TABLE = StoredTable(
    "t", {"a": "甲"}, {"x": ["X", ".2f"]}, [0], "c", "make", "mnist", {}, "2026-01-01"
)
TABLE.rows.append({"variant": "a", "seed": 0, "x": 1.5})


@given(data=st.data())
@shares_a_folder
def test_a_damaged_table_is_shown_or_ends_in_an_error(data, tmp_path):
    path = tmp_path / "t.json"
    write(TABLE, path)
    content = data.draw(st.one_of(damaged(path.read_bytes()), json_values))
    path.write_bytes(
        content if isinstance(content, bytes) else json.dumps(content).encode()
    )
    table = result_of(read, path)
    assert table is None or (table.summary() and table.is_complete in (True, False))


anything = st.one_of(json_values, numbers, st.binary(max_size=3), st.complex_numbers())
small = st.floats(-3, 3)
vectors = st.one_of(st.lists(small, max_size=4), st.lists(numbers, max_size=4))
preset = st.fixed_dictionaries(
    {"name": st.just("甲")},
    optional={
        "seed": st.one_of(st.integers(0, 9), anything),
        "base": st.one_of(st.just(0), vectors, anything),
        "coordinates": st.one_of(small, vectors, anything),
        "label": st.one_of(st.integers(0, 4), anything),
        "t": st.one_of(st.floats(0, 1), anything),
    },
)
options = st.fixed_dictionaries(
    {},
    optional={
        "directions": st.one_of(st.none(), st.just(np.eye(2, 3)), st.lists(vectors)),
        "names": st.one_of(st.none(), st.lists(st.text(max_size=3)), anything),
        "presets": st.one_of(st.none(), st.lists(preset), st.lists(anything), anything),
        "seed": st.one_of(st.integers(0, 9), anything),
        "label": st.one_of(st.just(0), st.integers(0, 4), anything),
    },
)
sizes = st.one_of(st.just(3), st.integers(0, 4), anything)


@given(latent_dim=sizes, n_classes=sizes, options=options)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@shares_a_folder
def test_a_setting_of_anything_makes_plain_numbers_or_ends_in_an_error(
    latent_dim, n_classes, options
):
    setting = result_of(latent_setting, latent_dim, n_classes, **options)
    if setting is None:
        return
    told = {**setting.config(source="kernel", shape=(28, 28)), **setting.state()}
    told = json.loads(json.dumps(told, allow_nan=False))
    assert np.isfinite(setting.base).all() and len(setting.base) == latent_dim
    assert len(told["names"]) == len(told["coordinates"]) == len(setting.directions)
    for made in told["presets"]:
        assert made["name"] and 0 <= made.get("t", 0) <= 1
        assert 0 <= made.get("label", 0) < max(n_classes, 1)
        assert len(made.get("coordinates", told["coordinates"])) == len(told["names"])
