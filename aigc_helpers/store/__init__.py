"""One DuckDB file that keeps training images, runs with their metrics, and samples."""

from aigc_helpers.store.database import Neighbours, Samples, Store
from aigc_helpers.store.opening import SCHEMA_VERSION, StoreError
from aigc_helpers.store.rows import Rows

__all__ = ["SCHEMA_VERSION", "Neighbours", "Rows", "Samples", "Store", "StoreError"]
