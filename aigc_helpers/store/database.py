"""The store: images, runs and samples in one file, open to SQL."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import torch

from aigc_helpers.files import whole
from aigc_helpers.reader import Mistake
from aigc_helpers.store.columns import pictures, stacked, vectors
from aigc_helpers.store.opening import (
    NotInStore,
    StoreError,
    check,
    connect,
    create,
)
from aigc_helpers.store.rows import Rows

DISTANCES = {"euclidean": "array_distance", "cosine": "array_cosine_distance"}
# What goes into which file: the table's order, and the column that splits it.
EXPORTS = {
    "about": ("SELECT * FROM about ORDER BY key", None),
    "images": ("SELECT * FROM images ORDER BY image_id", "split"),
    "runs": (
        "SELECT * REPLACE (CAST(parameters AS VARCHAR) AS parameters) "
        "FROM runs ORDER BY run_id",
        None,
    ),
    "metrics": ("SELECT * FROM metrics ORDER BY run_id, name, step", "run_id"),
    "samples": ("SELECT * FROM samples ORDER BY sample_id", "run_id"),
}


class Samples(NamedTuple):
    """Generated images with what made them; one row each, in the order of their ids."""

    ids: np.ndarray  # (N,) int64
    run_ids: np.ndarray  # (N,) int64
    latents: torch.Tensor  # (N, latent_dim) float32
    images: torch.Tensor  # (N, C, H, W) uint8
    labels: torch.Tensor  # (N,) int64, -1 where none is known


class Neighbours(NamedTuple):
    """The samples nearest to a latent vector, nearest first."""

    ids: list[int]
    distances: list[float]
    images: torch.Tensor  # (k, C, H, W) uint8


class Store:
    """Images, runs and samples in one file, open to SQL.

    Every ``add_…`` is a transaction: it is in the file as a whole or not at all, also
    when the process is killed. Several of them form one inside ``transaction()``. The
    file is opened for reading and writing, which DuckDB allows one process at a time.

    Parameters
    ----------
    path : Path or str
        The file; made with its folder if it is not there.
    latent_dim : int, optional
        Length of the latent vectors, 1 to 65,536. Needed for a new file; that of an
        existing one must be the same.

    Raises
    ------
    StoreError
        If the file is no DuckDB database, not a store, a store of another version, or
        open in another process.
    ValueError
        If ``latent_dim`` is missing, out of range, or not that of the file.
    """

    def __init__(self, path: Path | str, *, latent_dim: int | None = None):
        self.path = Path(path)
        if not self.path.exists():
            create(self.path, latent_dim)
        self._opened, self._inside = connect(self.path), False
        try:
            self.latent_dim = check(self._about(), self.path, latent_dim)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.path.name!r}, latent_dim={self.latent_dim})"

    def close(self) -> None:
        """Close the file; another process may open it then."""
        if self._opened is not None:
            self._opened.close()
        self._opened = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is added inside is kept as a whole, or none of it."""
        if self._inside:  # part of the outer one
            yield
            return
        self.sql("BEGIN")
        self._inside = True
        try:
            yield
            self.sql("COMMIT")
        except BaseException:
            with suppress(StoreError):  # what ended the transaction is raised below
                self.sql("ROLLBACK")
            raise
        finally:
            self._inside = False

    # ---- writing ----

    def add_images(self, images: Any, labels: Any = None, *, split: str) -> None:
        """Add training images.

        Parameters
        ----------
        images : tensor (N, C, H, W)
            uint8, or floats in [0, 1].
        labels : N integers, optional
        split : str
            Letters, digits, ``_`` and ``-``, such as ``"train"``: it names a folder of
            the export.
        """
        if not re.fullmatch(r"[\w-]+", split, re.ASCII):
            raise Mistake(
                f"split must be letters, digits, _ or -, not {split!r}",
                f"split 写成了 {split!r}，只能用字母、数字、_ 和 -，例如 train：它"
                "是导出时文件夹的名字。",
            )
        columns = pictures(images, labels)
        columns["split"] = pa.array([split] * len(images), pa.string())
        self._insert("images", "image_id", columns)

    def add_run(
        self, model: str, parameters: Mapping[str, Any], *, seed: int | None = None
    ) -> int:
        """Add a training run with its settings, which JSON can hold; return its id."""
        if not model:
            raise Mistake(
                "model must be the name of a network", "model 要写网络的名字。"
            )
        try:
            text = json.dumps(dict(parameters), allow_nan=False, sort_keys=True)
        except (TypeError, ValueError) as error:
            raise Mistake(
                f"JSON cannot hold these parameters: {error}",
                f"这些设置存不成 JSON：{error}。只用数、文字、列表和字典，不用张量。",
            ) from error
        started = datetime.now(UTC).replace(tzinfo=None)
        with self.transaction():
            run_id = self._next_id("runs", "run_id")
            self.sql(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?)",
                *(run_id, model, seed, started, text),
            )
        return run_id

    def add_metrics(
        self, run_id: int, history: Mapping[str, Sequence[float]], *, first: int = 1
    ) -> None:
        """Add one number per step for each name, the steps counted from ``first``."""
        with self.transaction():
            self._require_run(run_id)
            for name, values in history.items():
                numbers = np.asarray(values, dtype=np.float64)
                if numbers.ndim != 1:
                    raise Mistake(
                        f"{name} must be a list, not {numbers.shape}",
                        f"{name} 应当是一列数，这里的形状是 {numbers.shape}。",
                    )
                columns = {
                    "run_id": pa.array(np.full(len(numbers), run_id)),
                    "step": pa.array(np.arange(len(numbers)) + first),
                    "name": pa.array([name] * len(numbers), pa.string()),
                    "value": pa.array(numbers),
                }
                self._insert("metrics", None, columns)

    def add_samples(
        self, run_id: int, images: Any, latents: Any, labels: Any = None
    ) -> None:
        """Add what a run's network made, and of what.

        Parameters
        ----------
        run_id : int
            The run whose network made them.
        images : tensor (N, C, H, W)
            uint8, or floats in [0, 1].
        latents : tensor (N, latent_dim)
            Finite numbers; kept as float32.
        labels : N integers, optional
        """
        columns, z = pictures(images, labels), vectors(latents, self.latent_dim)
        if len(z) != len(images):
            raise Mistake(
                f"{len(images)} images and {len(z)} latent vectors",
                f"有 {len(images)} 张图，却有 {len(z)} 个隐变量：每张图要有一个。",
            )
        columns["run_id"] = pa.array(np.full(len(z), run_id))
        columns["latent"] = pa.FixedSizeListArray.from_arrays(
            pa.array(z.ravel()), self.latent_dim
        )
        with self.transaction():
            self._require_run(run_id)
            self._insert("samples", "sample_id", columns)

    # ---- reading ----

    def sql(self, query: str, *parameters: Any) -> Rows:
        """Run any SQL; ``?`` stands for a parameter.

        Raises
        ------
        StoreError
            With DuckDB's words, if it refuses the query; in ours, if the store is
            closed.
        """
        try:
            cursor = self._connection.execute(query, list(parameters))
            names = [column[0] for column in cursor.description or []]
            return Rows(names, cursor.fetchall())  # all: no result stays open
        except duckdb.Error as error:
            raise StoreError(str(error), f"DuckDB 没有执行这一句：{error}") from error

    def images(self, split: str) -> tuple[torch.Tensor, torch.Tensor]:
        """Images (N, C, H, W), uint8, and labels (N,), -1 where there is none."""
        columns = self._columns(
            "SELECT shape, pixels, coalesce(label, -1) AS label FROM images "
            "WHERE split = ? ORDER BY image_id",
            split,
        )
        if not len(columns["label"]):
            splits = [row[0] for row in self.sql("SELECT DISTINCT split FROM images")]
            raise NotInStore(
                f"no images of split {split!r}; the store has {splits}",
                f"库里没有 split 是 {split!r} 的图像，有的是 {splits}。",
            )
        return stacked(columns), torch.from_numpy(columns["label"]).long()

    def samples(self, run_id: int) -> Samples:
        """All samples of one run."""
        self._require_run(run_id)
        return self._samples("WHERE run_id = ? ORDER BY sample_id", run_id)

    def nearest(
        self, latent: Any, k: int = 5, *, run_id: int | None = None, by="euclidean"
    ) -> Neighbours:
        """The ``k`` samples whose latent vectors are nearest, found exactly.

        Parameters
        ----------
        latent : vector (latent_dim,)
        k : int
            At least 1; fewer are returned if the store has fewer.
        run_id : int, optional
            Look among the samples of this run alone.
        by : {"euclidean", "cosine"}
            Distance; cosine is 1 minus the cosine of the angle.
        """
        if by not in DISTANCES:
            raise Mistake(
                f"by must be one of {sorted(DISTANCES)}, not {by!r}",
                f"没有 {by!r} 这种距离，可以写：{sorted(DISTANCES)}。",
            )
        if k < 1:
            raise Mistake(f"k must be at least 1, not {k}", f"k 写成了 {k}，至少是 1。")
        vector = vectors(np.asarray(latent)[None], self.latent_dim)[0]
        where = "WHERE run_id = ?" if run_id is not None else ""
        if run_id is not None:
            self._require_run(run_id)
        distance = f"{DISTANCES[by]}(latent, ?::FLOAT[{self.latent_dim}])"
        columns = self._columns(
            f"SELECT sample_id, {distance} AS distance, shape, pixels FROM samples "
            f"{where} ORDER BY distance, sample_id LIMIT {int(k)}",
            *(vector.tolist(), *([run_id] if where else [])),
        )
        ids, distances = columns["sample_id"].tolist(), columns["distance"].tolist()
        return Neighbours(ids, distances, stacked(columns))

    def export(self, folder: Path | str) -> dict[str, int]:
        """Write all tables as Parquet files; return the number of rows of each.

        Images lie in one folder per split, metrics and samples in one per run
        (``samples/run_id=0/…``), as Hive lays out tables. The folder appears whole or
        not at all. A table without rows has no file.

        Raises
        ------
        StoreError
            If something is already there.
        """
        folder = Path(folder)
        if folder.exists():
            raise StoreError(
                f"{folder} exists: delete it, or name another folder",
                f"{folder} 已经有了：删掉它，或者换一个文件夹。",
            )
        with whole(folder) as scratch, self.transaction():
            scratch.mkdir()  # and in the transaction all tables are of one moment
            return {name: self._write(name, scratch) for name in EXPORTS}

    # ---- parts ----

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """The connection to the file, as long as it is open."""
        if self._opened is None:
            raise StoreError(
                f"{self.path} is closed: open it again by Store(path)",
                f"{self.path} 已经关上了：用 Store(path) 再打开它。",
            )
        return self._opened

    def _about(self) -> dict[str, str]:
        try:
            return dict(self.sql("SELECT key, value FROM about"))
        except StoreError:  # another program's database
            return {}

    def _write(self, table: str, folder: Path) -> int:
        [(n,)] = self.sql(f"SELECT count(*) FROM {table}")
        query, column = EXPORTS[table]
        target = str(folder / table).replace("'", "''")
        if n and column:
            options = f"FORMAT parquet, PARTITION_BY ({column})"
            self.sql(f"COPY ({query}) TO '{target}' ({options})")
        elif n:
            (folder / table).mkdir()
            self.sql(f"COPY ({query}) TO '{target}/data_0.parquet' (FORMAT parquet)")
        return n

    def _insert(
        self, table: str, key: str | None, columns: dict[str, pa.Array]
    ) -> None:
        """Add columns of equal length to a table, numbered on from its last key."""
        with self.transaction():
            if key is not None:
                n = len(next(iter(columns.values())))
                columns[key] = pa.array(np.arange(n) + self._next_id(table, key))
            self._connection.register("incoming", pa.table(columns))
            try:
                self.sql(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
            finally:
                self._connection.unregister("incoming")

    def _next_id(self, table: str, key: str) -> int:
        return self.sql(f"SELECT coalesce(max({key}) + 1, 0) FROM {table}")[0][0]

    def _require_run(self, run_id: int) -> None:
        run_ids = [
            row[0] for row in self.sql("SELECT run_id FROM runs ORDER BY run_id")
        ]
        if run_id not in run_ids:
            raise NotInStore(
                f"no run {run_id!r}; the store has {run_ids}",
                f"库里没有编号是 {run_id!r} 的训练，有的是 {run_ids}。",
            )

    def _samples(self, rest: str, *parameters: Any) -> Samples:
        columns = self._columns(
            "SELECT sample_id, run_id, latent, shape, pixels, "
            f"coalesce(label, -1) AS label FROM samples {rest}",
            *parameters,
        )
        latents = np.array([*columns["latent"]], "f4").reshape(-1, self.latent_dim)
        return Samples(
            columns["sample_id"],
            columns["run_id"],
            torch.from_numpy(latents),
            stacked(columns),
            torch.from_numpy(columns["label"]).long(),
        )

    def _columns(self, query: str, *parameters: Any) -> dict[str, np.ndarray]:
        """Columns of a query as arrays; arrays and lists as arrays of objects."""
        try:
            columns = self._connection.execute(query, list(parameters)).fetchnumpy()
        except duckdb.Error as error:
            raise StoreError(str(error), f"DuckDB 没有执行这一句：{error}") from error
        return {name: np.ma.getdata(values) for name, values in columns.items()}
