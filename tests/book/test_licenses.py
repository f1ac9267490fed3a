"""What of others the site passes on: every file has an owner, every owner is named."""

from pathlib import Path

import offline
import pytest
from aigc_book import licenses
from sphinx.errors import ExtensionError

from aigc_helpers import data, weights

ROOT = Path(__file__).parents[2]
# Made by this book: at the root of the site, and below what pages fetch.
SITE = ("**/*.html", "_images/*", "_sources/**/*", "LICENSES.txt", "_static/*")
MADE = (".buildinfo", "objects.inv", "searchindex.js")  # by Sphinx, of this book's text
STATIC = ("explorers/**/*", "formulas/*", "networks/*", "search/*")
LITTLE_BOOK = {
    "licensed.md": "# 许可\n\n```{licenses} works\n```\n\n```{licenses} data\n```\n",
    "unlicensed.md": "# 许可\n\n```{licenses} friends\n```\n",
}


def files(folder: Path, patterns) -> set[Path]:
    """Files below ``folder`` that a pattern names."""
    return {path for pattern in patterns for path in folder.glob(pattern)}


def ours(site: Path, static: Path) -> set[Path]:
    """Files of the site that are this book's own."""
    assets = [path.name for path in (ROOT / "book" / "assets").iterdir()]
    return files(site, (*SITE, *MADE)) | files(static, (*STATIC, *assets))


def test_every_file_of_the_site_is_ours_or_has_a_licence(site, static):
    others = {path for work in licenses.works() for path in files(static, work.files)}
    found = {path for path in site.rglob("*") if path.is_file()}
    unknown = found - ours(site, static) - others
    assert not unknown, sorted(p.relative_to(site).as_posix() for p in unknown)


def test_every_work_of_the_list_is_there_and_none_of_its_files_is_ours(site, static):
    own = ours(site, static)
    for work in licenses.works():
        for pattern in work.files:
            found = files(static, [pattern])
            assert found, f"{work.name}: the site has no {pattern}"
            assert not found & own, f"{work.name}: {pattern} names files of ours"


def test_the_words_are_those_of_the_installed_packages():
    works = {work.name: work for work in licenses.works()}
    assert "Permission is hereby granted" in works["onnxruntime-web"].words()
    assert "Eigen" in works["onnxruntime-web"].words()  # one of its own third parties
    assert "Bootstrap v5" in works["Bootstrap（连同 Popper）"].words()
    assert works["clipboard.js"].words().endswith("*/")
    for work in works.values():
        assert len(work.words()) > 60, work.name


@pytest.mark.parametrize("pattern", ["no-such-package/LICENSE", "*.dist-info/METADATA"])
def test_words_that_have_moved_stop_the_build(pattern):
    with pytest.raises(ExtensionError, match="licenses.yml"):
        licenses.notice(pattern)


def test_the_file_names_every_work_network_and_data_set(site):
    text = (site / licenses.FILE).read_text("utf-8")
    assert text == licenses.full_text()
    for work in licenses.works():
        assert f"\n{work.title}\n{work.by}\n{work.licence}\n" in text
    for name in weights.names():
        assert f"\n{name}: {weights.card(name)['data']}\n" in text
    for dataset in data.datasets().values():
        assert f"{dataset.title}: {dataset.credit}; {dataset.licence}" in text
    assert "Attribution-ShareAlike 4.0" in text and "Apache License" in text


def test_the_file_travels_with_the_archive_and_the_data_with_the_package(site):
    assert licenses.FILE in dict(offline.offline_files(site))
    kept = Path(weights.__file__).with_name("SOURCES.txt")
    assert kept.read_text("utf-8") == licenses.sources()


def test_the_page_lists_them(book):
    tables = book.page("licensed").select("table")
    rows = [
        [cell.get_text(strip=True) for cell in row.select("td")]
        for table in tables
        for row in table.select("tbody tr")
    ]
    for work in licenses.works():
        assert [work.title, work.use, work.by, work.licence] in rows
    assert ["MNIST"] in [row[:1] for row in rows]
    assert "known are works, data" in book.complaints("unlicensed.md")
