"""The publishing job of the workflow: its own commands, run twice for a fork.

Sphinx is stood in for: what ``jupyter-book`` would build lies there already. The rest
is real, ``python tests/book/publication.py FOLDER`` has no stand-ins.
"""

import json
import shutil
import sys
from types import SimpleNamespace

import living
import publish
import pytest
from editions import NEW_WORD, revise
from hosts import Kept, served_by
from publication import REPOSITORY, ROOT, Fork, borrow, furnish, git

BUILDER = """#!{python}
import shutil
shutil.copytree({site!r}, "_build/html", dirs_exist_ok=True)
"""


@pytest.fixture(scope="module")
def published(site, tmp_path_factory):
    """A fork and its two publications: commit, site and branch of each."""
    fork = Fork(tmp_path_factory.mktemp("fork"))
    revised = fork.folder / "revised"
    shutil.copytree(site, revised)
    revise(revised)
    found = []
    for built in (site, revised):
        commit = fork.push(f"Edition {len(found) + 1}")
        fork.publish(commit, furnished_with(built))
        kept = fork.folder / f"site-{len(found)}"
        shutil.copytree(fork.site, kept)
        branch = git(fork.origin, "rev-parse", "colab").strip()
        found.append(SimpleNamespace(commit=commit, site=kept, branch=branch))
    return fork, found


def furnished_with(built):
    """Furnish a checkout with a builder that brings a built site."""

    def bring(checkout) -> None:
        furnish(checkout)
        tools = checkout / ".venv" / "bin"
        real = tools.resolve()
        tools.unlink()
        borrow(real, tools)
        (tools / "jupyter-book").unlink()
        script = BUILDER.format(python=sys.executable, site=str(built))
        (tools / "jupyter-book").write_text(script, "utf-8")
        (tools / "jupyter-book").chmod(0o755)
        (checkout / ".venv" / ".stamp").touch()
        (checkout / "node_modules" / ".stamp").touch()
        (checkout / "build").mkdir()
        (checkout / "build" / ".stamp").touch()

    return bring


def test_what_is_served_is_what_was_built(published, site):
    _, [first, second] = published
    names = {p.relative_to(site) for p in site.rglob("*") if p.is_file()}
    assert names == {
        p.relative_to(first.site) for p in first.site.rglob("*") if p.is_file()
    }
    pages = [edition.site / "index.html" for edition in (first, second)]
    assert pages[0].read_bytes() != pages[1].read_bytes()


def test_the_branch_is_one_commit_of_copies_that_install_that_commit(published):
    fork, editions = published
    assert editions[0].branch != editions[1].branch
    assert git(fork.origin, "rev-list", "--count", "colab").strip() == "1"
    chapters = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    for edition in editions:
        listed = git(fork.origin, "ls-tree", "-r", "--name-only", edition.branch)
        copies = {f"notebooks/{name}" for name in chapters}
        assert set(listed.split()) == {"README.md", *publish.LICENCES, *copies}
        source = publish.Publication(REPOSITORY, edition.commit)
        for name in sorted(copies):
            text = git(fork.origin, "show", f"{edition.branch}:{name}")
            first = json.loads(text)["cells"][0]
            assert first["id"] == publish.SETUP_ID and source.archive in first["source"]


def test_a_reader_of_the_first_edition_reads_the_second(published, browser, tmp_path):
    _, [first, second] = published
    place = tmp_path / REPOSITORY.partition("/")[2]
    place.symlink_to(first.site, target_is_directory=True)
    page = browser.new_context().new_page()
    with served_by(Kept, tmp_path) as address:
        page.goto(f"{address}/some-book/")
        page.wait_for_url("**/some-book/book/index.html")
        assert "network" in living.revive(page)
        place.unlink()
        place.symlink_to(second.site, target_is_directory=True)
        page.goto(f"{address}/some-book/notebooks/05_gan.html")
        assert living.revive(page).count("network") == 2
        page.goto(f"{address}/some-book/search.html?q={NEW_WORD}")
        page.locator(".book-search-page").first.click()
        page.wait_for_url(f"{address}/some-book/book/howto.html*")
    page.context.close()
