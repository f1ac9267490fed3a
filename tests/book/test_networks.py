"""What a reader's first touch loads: the networks beside the pages."""

import gzip

from budgets import held

MEGABYTE = 10**6


def test_a_network_that_a_page_loads_keeps_its_budget(static):
    sizes = {
        path.name: len(gzip.compress(path.read_bytes(), 6)) / MEGABYTE
        for path in (static / "networks").iterdir()
    }
    print({name: round(size, 2) for name, size in sizes.items()})
    most = held("page.network_mb")
    assert sizes and {n: size for n, size in sizes.items() if size > most} == {}
