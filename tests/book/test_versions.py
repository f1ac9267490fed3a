"""A browser that has kept parts of one publication never mixes them with the next."""

import re
import shutil

import living
import pytest
from aigc_book import versions
from editions import NEW_WORD, revise
from hosts import Kept, served_by

REPLACED = "这个网页已经更新，请刷新。"
EXPLORER = ".aigc-explorer[data-network]"
KEPT, NEW = "notebooks/05_gan.html", "notebooks/06_vae.html"


# The folder and the names


@pytest.fixture
def static(tmp_path):
    """What Sphinx has written for a tiny site."""
    folder = tmp_path / "_static"
    (folder / "explorers").mkdir(parents=True)
    (folder / "explorers" / "a.js").write_text("1")
    for name in ("b.css", *versions.STABLE):
        (folder / name).write_text(name)
    return folder


def test_all_but_what_is_stable_moves_into_a_folder_called_after_it(static):
    name = versions.move(static)
    assert {path.name for path in static.iterdir()} == {name, *versions.STABLE}
    assert (static / name / "explorers" / "a.js").read_text() == "1"
    assert versions.folder(static.parent) == static / name


def test_equal_content_has_an_equal_name_and_any_change_another(static):
    name = versions.move(static)
    versions.put_back(static)
    assert versions.move(static) == name
    versions.put_back(static)
    (static / "explorers" / "a.js").write_text("2")
    changed = versions.move(static)
    versions.put_back(static)
    (static / "explorers" / "a.js").rename(static / "explorers" / "c.js")
    assert len({name, changed, versions.move(static)}) == 3


def test_an_empty_folder_is_no_file(static):
    (static / "formulas").mkdir()
    assert (static / versions.move(static) / "formulas").is_dir()


def test_a_second_build_keeps_what_sphinx_wrote_anew_and_what_it_left(static):
    versions.move(static)
    (static / "b.css").write_text("anew")  # by Sphinx, before pages are finished
    versions.put_back(static)
    assert (static / "b.css").read_text() == "anew"
    assert (static / "explorers" / "a.js").read_text() == "1"
    assert not [path for path in static.iterdir() if versions.NAME.fullmatch(path.name)]


def test_a_page_names_the_version_of_all_but_what_is_stable():
    page = (
        '<link href="../_static/b.css?v=1"><script src="_static/a.js"></script>'
        '<script src="../_static/stale.js?v=2"></script>'
        '<meta content="https://x.org/_static/share.png"><code>_static/</code>'
    )
    assert versions.name_version(page, "0123456789ab") == (
        '<link href="../_static/0123456789ab/b.css?v=1">'
        '<script src="_static/0123456789ab/a.js"></script>'
        '<script src="../_static/stale.js?v=2"></script>'
        '<meta content="https://x.org/_static/share.png"><code>_static/</code>'
    )


def test_every_page_asks_for_one_version(site, pages):
    name = versions.folder(site).name
    for path, soup in pages.items():
        found = re.findall(r'="(?:\.\./)*_static/([\w.]+)', str(soup))
        assert set(found) - set(versions.STABLE) == {name}, path


# Two publications and one browser


@pytest.fixture
def host(site, tmp_path):
    """The site below a folder of a host that lets browsers keep all for ten minutes."""
    shutil.copytree(site, tmp_path / "root" / "book")
    with served_by(Kept, tmp_path / "root") as address:
        yield tmp_path / "root" / "book", f"{address}/book"


@pytest.fixture
def reader(browser):
    """A page in a browser that keeps what hosts let it keep; and its errors."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
    yield page, problems
    page.context.close()


def test_after_a_publication_every_explorer_lives_and_the_search_finds(host, reader):
    site, address = host
    page, problems = reader
    page.goto(f"{address}/{KEPT}")
    living.revive(page)
    page.goto(f"{address}/search.html?q=判别器")
    page.locator(".book-search-page").first.wait_for()
    revise(site)
    for path in (KEPT, NEW):
        page.goto(f"{address}/{path}")
        assert "network" in living.revive(page)
    page.goto(f"{address}/search.html?q={NEW_WORD}")
    page.locator(".book-search-page").first.wait_for()
    assert not problems, "\n".join(problems)


def test_a_kept_page_that_asks_for_more_says_so_and_a_reload_helps(host, reader):
    site, address = host
    page, _ = reader
    page.goto(f"{address}/{KEPT}")
    box = page.locator(EXPLORER).first
    living.ready(page, box)
    revise(site)
    page.goto(f"{address}/{KEPT}")
    living.ready(page, box)
    box.evaluate("box => void box.aigc.touch()")
    box.get_by_text(REPLACED).wait_for()
    page.keyboard.press("Control+k")
    page.keyboard.type("判别器")
    page.locator("#pst-search-dialog").get_by_text(REPLACED).wait_for()
    page.reload()
    assert living.touch(page, page.locator(EXPLORER).first) == "network"


def test_a_kept_page_whose_modules_are_gone_says_so(host, reader):
    site, address = host
    page, _ = reader
    kept = (site / KEPT).read_text("utf-8")
    revise(site)
    page.route(
        f"**/{KEPT}",
        lambda route: route.fulfill(body=kept, content_type="text/html"),
    )
    page.goto(f"{address}/{KEPT}")
    page.get_by_role("alert").get_by_text(REPLACED).wait_for()
    page.unroute_all()
    page.reload()
    assert living.touch(page, page.locator(EXPLORER).first) == "network"
    assert page.get_by_role("alert").count() == 0


def test_a_page_that_loses_its_connection_says_so(host, reader):
    _, address = host
    page, _ = reader
    page.route("**/explorers/**", lambda route: route.abort())
    page.goto(f"{address}/{KEPT}")
    page.get_by_role("alert").get_by_text("请检查网络连接").wait_for()


def test_a_script_that_the_host_adds_and_the_page_refuses_is_not_the_page_s(
    host, reader
):
    site, address = host
    page, _ = reader
    path = site / KEPT
    foreign = '<script src="https://count.example/beacon.js"></script></head>'
    path.write_text(path.read_text("utf-8").replace("</head>", foreign, 1), "utf-8")
    page.goto(f"{address}/{KEPT}")
    assert living.touch(page, page.locator(EXPLORER).first) == "network"
    assert page.get_by_role("alert").count() == 0
