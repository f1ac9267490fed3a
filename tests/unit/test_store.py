"""The store: what is kept, found, exported and refused, and what a kill leaves."""

import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.dataset as ds
import pytest
import torch

from aigc_helpers import store as store_room
from aigc_helpers.store import Rows, Store, StoreError, opening

KILLER = Path(__file__).parents[1] / "stress" / "kill_store.py"
LATENT_DIM = 4


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "new folder" / "run's.duckdb"


@pytest.fixture
def store(path):
    with Store(path, latent_dim=LATENT_DIM) as opened:
        yield opened


@pytest.fixture
def rng():
    return torch.Generator().manual_seed(0)


def pictures(n, rng, size=(1, 6, 5)):
    return torch.randint(256, (n, *size), dtype=torch.uint8, generator=rng)


@pytest.fixture
def filled(store, rng):
    """A store with images of two splits and two runs of samples; and what went in."""
    kept = {"train": pictures(30, rng), "test": pictures(7, rng)}
    for split, images in kept.items():
        store.add_images(images, torch.arange(len(images)) % 10, split=split)
    for seed in (0, 1):
        run_id = store.add_run("toy", {"lr": 0.1, "layers": [4, 2]}, seed=seed)
        store.add_metrics(run_id, {"loss": [3.0, 2.0, 1.5], "kl": [0.0, 0.1, 0.2]})
        kept[seed] = pictures(20, rng), torch.randn(20, LATENT_DIM, generator=rng)
        store.add_samples(run_id, *kept[seed])
    return store, kept


# ---- what is kept ---------------------------------------------------------------


def test_images_come_back_bit_by_bit_with_their_labels(filled):
    store, kept = filled
    for split in ("train", "test"):
        images, labels = store.images(split)
        assert torch.equal(images, kept[split]) and images.dtype == torch.uint8
        assert labels.tolist() == [i % 10 for i in range(len(images))]


def test_samples_come_back_with_the_latent_vectors_that_made_them(filled):
    store, kept = filled
    for run_id in (0, 1):
        found = store.samples(run_id)
        images, latents = kept[run_id]
        assert torch.equal(found.images, images)
        assert torch.equal(found.latents, latents)
        assert set(found.run_ids) == {run_id} and set(found.labels.tolist()) == {-1}
    assert store.samples(1).ids.tolist() == list(range(20, 40))


def test_floats_in_0_to_1_become_the_nearest_bytes(store, rng):
    images = torch.rand(9, 2, 3, 4, generator=rng)
    store.add_images(images, split="train")
    assert torch.equal(store.images("train")[0], (images * 255).round().byte())


def test_parameters_are_json_and_metrics_numbers_over_steps(filled):
    store, _ = filled
    query = "SELECT seed, parameters->>'lr', parameters->'layers'->>1 FROM runs"
    assert store.sql(f"{query} ORDER BY seed") == [(0, "0.1", "2"), (1, "0.1", "2")]
    query = (
        "SELECT step, value FROM metrics WHERE run_id = ? AND name = ? ORDER BY step"
    )
    assert store.sql(query, 1, "loss") == [(1, 3.0), (2, 2.0), (3, 1.5)]


def test_a_closed_store_says_so_whatever_it_is_asked(filled, rng, tmp_path):
    store, _ = filled
    store.close()
    store.close()  # a second time is no error
    for ask in (
        lambda: store.sql("SELECT 1"),
        lambda: store.images("train"),
        lambda: store.samples(0),
        lambda: store.nearest([0.0] * LATENT_DIM),
        lambda: store.add_run("toy", {}),
        lambda: store.add_images(pictures(1, rng), split="train"),
        lambda: store.add_metrics(0, {"loss": [1.0]}),
        lambda: store.export(tmp_path / "export"),
        lambda: store.transaction().__enter__(),
    ):
        with pytest.raises(StoreError, match="is closed: open it again"):
            ask()
    assert not (tmp_path / "export").exists()


def test_a_store_that_is_closed_inside_a_transaction_keeps_nothing_of_it(store, path):
    with pytest.raises(StoreError, match="is closed"), store.transaction():
        store.add_run("toy", {})
        store.close()
    with Store(path) as again, pytest.raises(ZeroDivisionError), again.transaction():
        again.add_run("toy", {})
        again.close()
        _ = 1 / 0  # what ended it is told, not that nothing can be undone
    with Store(path) as again:
        assert again.sql("SELECT count(*) FROM runs") == [(0,)]


def test_a_new_process_finds_everything(filled, path):
    store, kept = filled
    store.close()
    code = (
        "import sys; from aigc_helpers.store import Store\n"
        "with Store(sys.argv[1]) as store:\n"
        "    found = store.samples(1)\n"
        "    print(store.latent_dim, found.latents.sum().item(), "
        "found.images.sum().item(), len(store.images('train')[0]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True
    )
    images, latents = kept[1]
    expected = LATENT_DIM, latents.sum().item(), images.sum().item(), 30
    assert done.stdout.split() == [str(value) for value in expected], done.stderr


def test_a_transaction_is_kept_as_a_whole_or_not_at_all(store, rng):
    with pytest.raises(ZeroDivisionError), store.transaction():
        run_id = store.add_run("toy", {})
        store.add_samples(run_id, pictures(3, rng), torch.zeros(3, LATENT_DIM))
        raise ZeroDivisionError
    assert store.sql("SELECT count(*) FROM runs") == [(0,)]
    assert store.sql("SELECT count(*) FROM samples") == [(0,)]
    with store.transaction():
        store.add_run("toy", {})
    assert store.sql("SELECT count(*) FROM runs") == [(1,)]


def test_three_kills_leave_what_was_committed():
    done = subprocess.run(
        [sys.executable, str(KILLER), "--times", "3", "--seed", "3"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kills" in done.stdout and "0 problems" in done.stdout


# ---- nearest neighbours ---------------------------------------------------------


@pytest.mark.parametrize("by", ["euclidean", "cosine"])
@pytest.mark.parametrize("run_id", [None, 1])
def test_neighbours_are_those_of_numpy(filled, by, run_id):
    store, kept = filled
    runs = [run_id] if run_id is not None else [0, 1]
    vectors = np.concatenate([kept[r][1].numpy() for r in runs]).astype("f8")
    images = torch.cat([kept[r][0] for r in runs])
    query = np.array([0.3, -1.0, 0.5, 2.0], "f4")
    distances = np.linalg.norm(vectors - query, axis=1)
    if by == "cosine":
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
        distances = 1 - vectors @ query / lengths
    order = np.argsort(distances)[:6]
    found = store.nearest(query, 6, run_id=run_id, by=by)
    assert found.ids == (order + 20 * runs[0]).tolist()
    np.testing.assert_allclose(found.distances, distances[order], rtol=1e-5, atol=1e-6)
    assert torch.equal(found.images, images[order])


def test_a_sample_is_its_own_neighbour_and_k_may_be_too_large(filled):
    store, kept = filled
    found = store.nearest(kept[1][1][3], 99)
    assert found.ids[0] == 23 and found.distances[0] == 0.0
    assert len(found.ids) == len(found.images) == 40


# ---- export ---------------------------------------------------------------------


def test_duckdb_and_pyarrow_read_the_export_with_equal_counts_and_vectors(
    filled, tmp_path
):
    store, kept = filled
    folder = tmp_path / "it's out"
    counts = store.export(folder)
    assert counts == {"about": 3, "images": 37, "runs": 2, "metrics": 12, "samples": 40}
    names = {p.relative_to(folder).parent.as_posix() for p in folder.rglob("*.parquet")}
    assert names == {
        *("about", "runs", "images/split=train", "images/split=test"),
        *(f"{table}/run_id={i}" for table in ("metrics", "samples") for i in (0, 1)),
    }
    for table, n in counts.items():
        files = str(folder / table / "**" / "*.parquet").replace("'", "''")
        query = (
            f"SELECT count(*) FROM read_parquet('{files}', hive_partitioning = true)"
        )
        assert duckdb.sql(query).fetchall() == [(n,)]
        assert ds.dataset(folder / table, partitioning="hive").count_rows() == n
    samples = ds.dataset(folder / "samples", partitioning="hive").to_table()
    samples = samples.sort_by("sample_id").to_pydict()
    latents = torch.cat([kept[0][1], kept[1][1]])
    images = torch.cat([kept[0][0], kept[1][0]])
    assert torch.equal(torch.tensor(samples["latent"]), latents)
    pixels = torch.tensor(samples["pixels"], dtype=torch.uint8)
    assert torch.equal(pixels.view(-1, 1, 6, 5), images)
    assert samples["run_id"] == [0] * 20 + [1] * 20
    files = str(folder / "samples/*/*.parquet").replace("'", "''")
    read = f"FROM read_parquet('{files}', hive_partitioning = true)"
    rows = duckdb.sql(f"SELECT latent {read} ORDER BY sample_id").fetchall()
    assert torch.equal(torch.tensor([row[0] for row in rows]), latents)


def test_an_empty_store_exports_and_nothing_is_overwritten(store, tmp_path):
    folder = tmp_path / "out"
    assert store.export(folder)["samples"] == 0
    with pytest.raises(StoreError, match="exists: delete it, or name another"):
        store.export(folder)
    assert not list(tmp_path.glob("*.part"))


def test_an_export_that_fails_leaves_nothing(filled, tmp_path, monkeypatch):
    store, _ = filled
    broken = {**store_room.database.EXPORTS, "late": ("SELECT 1", None)}
    monkeypatch.setattr(store_room.database, "EXPORTS", broken)
    with pytest.raises(StoreError, match="late"):
        store.export(tmp_path / "out")
    assert {p.name for p in tmp_path.iterdir()} == {"new folder"}


# ---- files that are refused -------------------------------------------------------


def test_a_file_that_is_no_database_is_refused(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_bytes(b"some text, longer than a header " * 1000)
    with pytest.raises(StoreError, match="notes.txt: it is not a DuckDB database"):
        Store(file)
    with pytest.raises(StoreError, match="DuckDB cannot open it"):
        Store(tmp_path)


def test_a_database_of_something_else_is_refused(tmp_path):
    with duckdb.connect(str(tmp_path / "other.duckdb")) as other:
        other.execute("CREATE TABLE about (key VARCHAR, value VARCHAR)")
    with pytest.raises(StoreError, match="not a store of images, runs and samples"):
        Store(tmp_path / "other.duckdb")


def test_another_schema_version_is_refused_with_both_numbers(store, path):
    store.sql("UPDATE about SET value = '7' WHERE key = 'schema_version'")
    store.close()
    with pytest.raises(StoreError, match="has schema version 7, this program reads"):
        Store(path)


def test_a_store_that_another_process_has_open_is_refused(filled, path):
    code = "import sys; from aigc_helpers.store import Store; Store(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True
    )
    assert done.returncode == 1 and "another process has it open" in done.stderr


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_cut_file_is_refused_and_never_half_read(filled, path, share):
    store, _ = filled
    store.close()
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(StoreError), Store(path) as opened:
        opened.samples(0)


def test_latent_dim_is_needed_once_and_then_must_agree(path):
    for wrong in (None, 0, 2.5, 10**6):
        with pytest.raises(ValueError, match="a new store needs latent_dim"):
            Store(path, latent_dim=wrong)
    assert not path.exists()
    Store(path, latent_dim=np.int64(3)).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with Store(path) as store:
        assert store.latent_dim == 3
    with pytest.raises(ValueError, match="has latent_dim=3, not 4"):
        Store(path, latent_dim=4)


# ---- values that are refused ------------------------------------------------------


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (torch.zeros(2, 5, 5), r"images must be \(N, C, H, W\)"),
        (torch.zeros(2, 1, 5, 5).int(), "uint8 or floats"),
        (torch.full((2, 1, 5, 5), 1.5), r"lie in \[0, 1\]"),
        (torch.full((2, 1, 5, 5), torch.nan), r"lie in \[0, 1\]"),
    ],
)
def test_wrong_images_are_named(store, images, words):
    with pytest.raises(ValueError, match=words):
        store.add_images(images, split="train")


def test_wrong_labels_splits_parameters_and_runs_are_named(store, rng):
    images = pictures(2, rng)
    with pytest.raises(ValueError, match="labels must be 2 integers"):
        store.add_images(images, [1, 2, 3], split="train")
    with pytest.raises(ValueError, match="split must be letters"):
        store.add_images(images, split="../train")
    with pytest.raises(ValueError, match="JSON cannot hold"):
        store.add_run("toy", {"lr": torch.nan})
    with pytest.raises(ValueError, match="model must be"):
        store.add_run("", {})
    with pytest.raises(KeyError, match="no run 5; the store has"):
        store.add_metrics(5, {"loss": [1.0]})
    with pytest.raises(KeyError, match="no run 5"):
        store.add_samples(5, images, torch.zeros(2, LATENT_DIM))
    with pytest.raises(KeyError, match="no images of split 'test'"):
        store.images("test")


@pytest.mark.parametrize(
    ("latents", "words"),
    [
        (torch.zeros(2, 5), r"are \(N, 4\), not \(2, 5\)"),
        (torch.full((2, 4), torch.inf), "NaN or infinity"),
        (torch.zeros(3, 4), "2 images and 3 latent vectors"),
    ],
)
def test_wrong_latent_vectors_are_named(store, rng, latents, words):
    run_id = store.add_run("toy", {})
    with pytest.raises(ValueError, match=words):
        store.add_samples(run_id, pictures(2, rng), latents)


def test_wrong_questions_are_named(filled):
    store, _ = filled
    with pytest.raises(ValueError, match="by must be one of"):
        store.nearest(torch.zeros(4), by="manhattan")
    with pytest.raises(ValueError, match="k must be at least 1"):
        store.nearest(torch.zeros(4), 0)
    with pytest.raises(StoreError, match="Parser Error"):
        store.sql("SELECT FROM WHERE")


def test_images_of_several_shapes_are_not_stacked(store, rng):
    store.add_images(pictures(2, rng), split="train")
    store.add_images(pictures(2, rng, (1, 3, 3)), split="train")
    with pytest.raises(ValueError, match="images of several shapes"):
        store.images("train")


# ---- rows and the network ---------------------------------------------------------


def test_rows_have_columns_a_text_and_a_table(filled):
    store, _ = filled
    rows = store.sql(
        "SELECT 1.23456::DOUBLE AS a, NULL AS b, '<' AS c, latent FROM samples LIMIT 1"
    )
    assert rows.columns == ["a", "b", "c", "latent"]
    assert repr(rows).startswith("    a  b  c  latent\n1.235  –  <  [")
    html = rows._repr_html_()
    assert '<th scope="col">b</th>' in html and "<td>&lt;</td>" in html


def test_the_numbers_of_a_column_have_equally_many_decimals():
    rows = Rows(["a", "b"], [(29.0, 1), (None, 20), (44.41, 3)])
    assert repr(rows) == "    a   b\n29.00   1\n    –  20\n44.41   3"
    assert repr(Rows(["a"], [(1e-9,), (0.5,)])) == "    a\n1e-09\n  0.5"
    assert repr(Rows(["a"], [])) == "a"


def test_nothing_is_fetched_from_the_network(store):
    found = dict(
        store.sql("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%'")
    )
    assert found["autoinstall_known_extensions"] == "false"
    assert found["autoload_known_extensions"] == "false"
    with pytest.raises(StoreError):
        store.sql("SELECT * FROM 'https://example.org/a.parquet'")
    loaded = {
        row[0]
        for row in store.sql(
            "SELECT extension_name FROM duckdb_extensions() "
            "WHERE loaded AND install_mode = 'STATICALLY_LINKED'"
        )
    }
    assert {"parquet", "json", "core_functions"} <= loaded
    assert opening.SETTINGS["autoinstall_known_extensions"] == "false"
