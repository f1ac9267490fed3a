"""Any host will do: explorers live and the search finds, whatever types it sends.

The harshest host gets every page. The others get the pages in `SOME`; with
``--every-host`` all get every page.
"""

import os
import urllib.request

import living
import pytest
from aigc_book import versions
from hosts import NGINX, UNKNOWN, hosting

HARSHEST = "nosniff"
HOSTS = ["nginx", "python", *UNKNOWN]
SOME = ("book/index.html", "notebooks/01_background.html")


@pytest.fixture(scope="module", params=HOSTS)
def host(request, site, tmp_path_factory):
    """A host's name and address; it serves the site below a folder."""
    if request.param == "nginx" and NGINX is None:
        assert "GITHUB_ACTIONS" not in os.environ, "the workflow's machine has nginx"
        pytest.skip("nginx is not installed here; the other hosts are Python's")
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "root").mkdir()
    (folder / "root" / "some-book").symlink_to(site, target_is_directory=True)
    with hosting(request.param, folder / "root", folder) as address:
        yield request.param, f"{address}/some-book"


@pytest.fixture(scope="module")
def guest(browser):
    """A page in a browser of its own, and what went wrong on it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems = []
    page.on("console", lambda m: m.type == "error" and problems.append(m.text))
    page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
    page.on("response", lambda r: r.status >= 400 and problems.append(r.url))
    yield page, problems
    page.close()


def shown(request, texts: list[str], name: str) -> list[str]:
    """The pages that are opened on a host."""
    if name == HARSHEST or request.config.getoption("every_host"):
        return texts
    return [path for path in texts if path in SOME]


def test_the_hosts_are_as_harsh_as_they_claim(host, site):
    name, address = host
    packed = versions.folder(site).relative_to(site) / "vendor" / "ort" / "ort-wasm.bin"
    with urllib.request.urlopen(f"{address}/{packed}") as answer:
        found = answer.headers
    assert found.get_content_type() == (
        "text/plain" if name == "nosniff" else "application/octet-stream"
    )
    assert (found["X-Content-Type-Options"] == "nosniff") == (name == "nosniff")


def test_every_explorer_lives(request, host, guest, texts):
    name, address = host
    page, problems = guest
    sources = []
    for path in shown(request, texts, name):
        page.goto(f"{address}/{path}")
        sources += living.revive(page)
    print(name, len(sources), "explorers:", sorted(set(sources)))
    assert "network" in sources and not problems, "\n".join(problems)


def test_the_search_finds(host, guest):
    page, problems = guest
    page.goto(f"{host[1]}/search.html?q=判别器")
    page.locator(".book-search-page").first.wait_for()
    page.locator(".book-search-section").first.click()
    page.wait_for_url(f"{host[1]}/*/*.html#*")
    assert not problems, "\n".join(problems)


def test_fonts_are_set(host, guest):
    page, problems = guest
    page.goto(f"{host[1]}/notebooks/04_math.html")
    fonts = "document.fonts.ready.then(() => document.fonts.check('16px MJXTEX'))"
    assert page.evaluate(fonts) and not problems, "\n".join(problems)
