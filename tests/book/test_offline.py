"""The archive: unpacked, opened from file:// as by a double click, all of it works."""

import sys
import zipfile

import offline
import pytest
from browsers import launch
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def unpacked(site, tmp_path_factory):
    """The archive's folder; spaces and Chinese in its path."""
    folder = tmp_path_factory.mktemp("离线 版")
    offline.write_archive(site, folder / "book.zip")
    with zipfile.ZipFile(folder / "book.zip") as archive:
        archive.extractall(folder)
    return folder / offline.FOLDER


@pytest.fixture(scope="module")
def visitor(unpacked):
    """Open a page of the archive in a browser that has no network."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        context = browser.new_context(offline=True)
        problems = []

        def open_(name: str):
            page = context.new_page()
            page.on("console", lambda m: m.type == "error" and problems.append(m.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.goto((unpacked / name).as_uri())
            return page

        yield open_
        browser.close()
    assert not problems, "\n".join(problems)


def test_a_double_click_on_the_index_shows_a_living_explorer(visitor):
    page = visitor("index.html")
    page.wait_for_url("**/book/index.html")
    page.wait_for_selector(".aigc-explorer[data-ready]")
    page.evaluate("document.querySelector('.aigc-explorer').aigc.touch()")
    page.get_by_text("浏览器正在运行网络").wait_for()
    before = page.locator(".aigc-picture").evaluate("canvas => canvas.toDataURL()")
    page.locator(".aigc-row input").first.fill("3")
    page.wait_for_function(
        "before => document.querySelector('.aigc-picture').toDataURL() !== before",
        arg=before,
    )


def test_every_page_opens_and_its_explorers_get_ready(visitor, unpacked):
    for path in sorted(
        [*unpacked.glob("book/*.html"), *unpacked.glob("notebooks/*.html")]
    ):
        page = visitor(path.relative_to(unpacked).as_posix())
        for box in page.locator(".aigc-explorer").all():
            box.scroll_into_view_if_needed()
            page.wait_for_function(
                "node => node.dataset.ready", arg=box.element_handle()
            )
        page.close()


def test_the_search_works_without_a_server(visitor):
    page = visitor("book/howto.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("判别器")
    page.locator(".book-search-section").first.click()
    page.wait_for_url("file://**/notebooks/05_gan.html#*")


def test_equal_sites_give_equal_archives(site, tmp_path):
    for name in ("a.zip", "b.zip"):
        offline.write_archive(site, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "a.zip").stat().st_size < 60e6
    assert not list(tmp_path.glob("*.part"))


def test_pages_without_modules_stay_as_they_are():
    assert offline.offline_page("<p>一</p>") == "<p>一</p>"


def test_without_a_site_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["offline.py", "--site", str(tmp_path)])
    with pytest.raises(SystemExit):
        offline.main()
    assert "make book" in capsys.readouterr().err
