"""Make and open a store's file; say in plain words why one cannot be opened."""

import os
from numbers import Integral
from pathlib import Path

import duckdb

from aigc_helpers.reader import ForReader, Mistake

SCHEMA_VERSION = 1
APPLICATION = "aigc_helpers.store"
# Nothing is fetched from the network, and DuckDB 1.2 and newer can read the file.
SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "storage_compatibility_version": "v1.2.0",
}
SCHEMA = """
CREATE TABLE about (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE images (
    image_id BIGINT PRIMARY KEY, split VARCHAR NOT NULL, label SMALLINT,
    shape USMALLINT[3] NOT NULL, pixels UTINYINT[] NOT NULL);
CREATE TABLE runs (
    run_id BIGINT PRIMARY KEY, model VARCHAR NOT NULL, seed BIGINT,
    started TIMESTAMP NOT NULL, parameters JSON NOT NULL);
CREATE TABLE metrics (
    run_id BIGINT NOT NULL REFERENCES runs (run_id), step BIGINT NOT NULL,
    name VARCHAR NOT NULL, value DOUBLE NOT NULL, PRIMARY KEY (run_id, name, step));
CREATE TABLE samples (
    sample_id BIGINT PRIMARY KEY, run_id BIGINT NOT NULL REFERENCES runs (run_id),
    label SMALLINT, latent FLOAT[{latent_dim}] NOT NULL,
    shape USMALLINT[3] NOT NULL, pixels UTINYINT[] NOT NULL);
"""
MOST_DIMENSIONS = 65_536


class StoreError(ForReader, RuntimeError):
    """A file that cannot be used as a store, or a query that DuckDB refused."""


class NotInStore(ForReader, KeyError):
    """Images or a run that a store was asked for and does not have."""


def create(path: Path, latent_dim: int | None) -> None:
    """Make an empty store under another name, then give it its own: never half a file.

    If another process was quicker, its file stays.
    """
    if not isinstance(latent_dim, Integral) or not 1 <= latent_dim <= MOST_DIMENSIONS:
        raise Mistake(
            f"a new store needs latent_dim, 1 to {MOST_DIMENSIONS}, not {latent_dim!r}",
            f"新建一个库要写 latent_dim，1 到 {MOST_DIMENSIONS} 的整数，这里是"
            f" {latent_dim!r}。",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{os.getpid()}.part")
    scratch.unlink(missing_ok=True)  # of a process that died with this number
    facts = {
        "application": APPLICATION,
        "schema_version": SCHEMA_VERSION,
        "latent_dim": latent_dim,
    }
    try:
        with connect(scratch) as connection:
            connection.execute(SCHEMA.format(latent_dim=latent_dim))
            for key, value in facts.items():
                connection.execute("INSERT INTO about VALUES (?, ?)", [key, str(value)])
        if not path.exists():
            os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a file, or say in plain words why it cannot be opened."""
    try:
        return duckdb.connect(str(path), config=SETTINGS)
    except duckdb.Error as error:
        text = str(error)
        if "lock" in text.lower() or "used by another process" in text:
            advice = "another process has it open: close it there, or end that process"
            chinese = "另一个程序正开着它：在那里 close，或者结束那个程序"
        elif "not a valid DuckDB" in text:
            advice = "it is not a DuckDB database: name another file"
            chinese = "它不是 DuckDB 数据库：换一个文件"
        else:
            advice, chinese = "DuckDB cannot open it", "DuckDB 打不开它"
        raise StoreError(
            f"{path}: {advice} ({text.strip()})", f"{path}：{chinese}。"
        ) from error


def check(about: dict[str, str], path: Path, wanted: int | None) -> int:
    """Length of the file's latent vectors, after a look at who made the file."""
    if about.get("application") != APPLICATION:
        raise StoreError(
            f"{path} is a DuckDB database, but not a store of images, runs and "
            "samples: name another file",
            f"{path} 是 DuckDB 数据库，但不是本书的库：换一个文件。",
        )
    if about["schema_version"] != str(SCHEMA_VERSION):
        raise StoreError(
            f"{path} has schema version {about['schema_version']}, this program "
            f"reads version {SCHEMA_VERSION}: open it with the version of aigc_helpers "
            "that wrote it and export it to Parquet",
            f"{path} 是别的版本的 aigc_helpers 写的：用那个版本打开，导出成 Parquet。",
        )
    latent_dim = int(about["latent_dim"])
    if wanted not in (None, latent_dim):
        raise Mistake(
            f"{path} has latent_dim={latent_dim}, not {wanted}",
            f"{path} 里的隐变量有 {latent_dim} 个数，不是 {wanted} 个。",
        )
    return latent_dim
