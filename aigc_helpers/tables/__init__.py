"""Tables over several seeds: measured by ``make results``, shown by the chapters.

A table is a module here that defines `TABLE` and a JSON file of the same name with what
was measured. Reading one needs neither torch nor data.
"""

from aigc_helpers.tables.stored import StoredTable, path_of, read

TABLES = ("gan_seeds", "toy_families", "vae_beta", "vae_collapse")
__all__ = ["TABLES", "StoredTable", "load"]


def load(name: str) -> StoredTable:
    """The measured table of that name; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If there is no such table, or it has not been measured, or its file is damaged.
    """
    if name not in TABLES:
        raise ValueError(f"no table named {name!r}; there are {list(TABLES)}")
    if not path_of(name).exists():
        raise ValueError(f"table {name!r} has not been measured; run `make results`")
    return read(path_of(name))
