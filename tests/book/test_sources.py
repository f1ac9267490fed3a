"""Which files of the repository are pages."""

from pathlib import Path

import yaml
from sphinx.util.matching import get_matching_files
from sphinx_external_toc.events import parse_toc_yaml

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def test_what_is_no_page_is_excluded_by_name():
    """jupyter-book lists it by itself, but finds nothing in a folder like "a [1]"."""
    sources = ["**.md", "**.ipynb", "**.rst"]
    found = get_matching_files(str(ROOT), sources, CONFIG["exclude_patterns"])
    contents = parse_toc_yaml(ROOT / "_toc.yml")
    assert {name.rpartition(".")[0] for name in found} == set(contents)
