"""The archive: unpacked, opened from file:// as by a double click, all of it works."""

import sys
import zipfile

import offline
import pytest


@pytest.fixture(scope="module")
def packed(site, tmp_path_factory):
    """The archive; spaces and Chinese in its path."""
    path = tmp_path_factory.mktemp("离线 版") / "book.zip"
    offline.write_archive(site, path)
    return path


@pytest.fixture(scope="module")
def unpacked(packed):
    """The archive's folder."""
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(packed.parent)
    return packed.parent / offline.FOLDER


@pytest.fixture(scope="module")
def visitor(browser, unpacked):
    """Open a page of the archive in a browser that has no network."""
    context = browser.new_context(offline=True)
    problems = []

    def listen(message):
        if message.type in {"error", "warning"}:
            problems.append(message.text)

    def open_(name: str):
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto((unpacked / name).as_uri())
        return page

    yield open_
    context.close()
    assert not problems, "\n".join(problems)


def test_a_double_click_on_the_index_shows_a_living_explorer(visitor):
    page = visitor("index.html")
    page.wait_for_url("**/book/index.html")
    page.wait_for_selector(".aigc-explorer[data-ready]")
    assert page.locator(".book-by-file").count() == 0
    page.evaluate("document.querySelector('.aigc-explorer').aigc.touch()")
    page.get_by_text("浏览器正在运行网络").wait_for()
    before = page.locator(".aigc-picture").evaluate("canvas => canvas.toDataURL()")
    page.locator(".aigc-row input").first.fill("3")
    page.wait_for_function(
        "before => document.querySelector('.aigc-picture').toDataURL() !== before",
        arg=before,
    )


def test_a_double_click_on_the_built_site_says_what_helps(browser, site):
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/book/index.html")
    said = page.locator(".book-by-file")
    said.wait_for()
    assert "make serve" in said.inner_text() and "make offline" in said.inner_text()
    page.close()


def test_a_served_page_says_nothing_of_it(open_page):
    page = open_page("book/howto.html")
    page.wait_for_load_state("load")
    assert page.locator(".book-by-file").count() == 0


def test_every_page_opens_and_its_explorers_load_what_answers(visitor, unpacked):
    for path in sorted(
        [*unpacked.glob("book/*.html"), *unpacked.glob("notebooks/*.html")]
    ):
        page = visitor(path.relative_to(unpacked).as_posix())
        for box in page.locator(".aigc-explorer").all():
            box.scroll_into_view_if_needed()
            page.wait_for_function(
                "node => node.dataset.ready", arg=box.element_handle()
            )
            box.evaluate("node => node.aigc.touch?.()")  # a promise: it is awaited
        page.close()


def test_the_search_works_without_a_server(visitor):
    page = visitor("book/howto.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("判别器")
    page.locator(".book-search-section").first.click()
    page.wait_for_url("file://**/notebooks/05_gan.html#*")


def test_equal_sites_give_equal_archives(site, packed, tmp_path):
    offline.write_archive(site, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()
    assert packed.stat().st_size < 60e6
    assert not [*tmp_path.glob("*.part"), *packed.parent.glob("*.part")]


def test_pages_without_modules_stay_as_they_are():
    assert offline.offline_page("<p>一</p>") == "<p>一</p>"


def test_without_a_site_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["offline.py", "--site", str(tmp_path)])
    with pytest.raises(SystemExit):
        offline.main()
    assert "make book" in capsys.readouterr().err
