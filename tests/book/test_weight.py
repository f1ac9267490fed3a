"""What a first visit downloads, what the policy forbids, what the parts weigh."""

import gzip
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
KILOBYTE = 1000
FIRST_VISIT = 350  # kB, gzip
MEGABYTE = 10**6
RUNTIME = ("ort-wasm.bin", ".onnx", "ort.wasm")


@pytest.fixture(scope="module")
def texts(site) -> list[str]:
    """Addresses of all pages with text."""
    folders = [site / "book", site / "notebooks"]
    found = [path for folder in folders for path in sorted(folder.glob("*.html"))]
    return [path.relative_to(site).as_posix() for path in found]


@pytest.fixture
def visit(browser, server):
    """Open a page for the first time: bytes of each answer, and policy violations."""

    def open_(path: str, **options) -> tuple[dict[str, int], list[str]]:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        answers, violations = [], []
        page.on("response", lambda answer: answers.append(answer))
        page.on(
            "console", lambda m: "Content Security" in m.text and violations.append(m)
        )
        page.goto(f"{server}/{path}", wait_until="networkidle")
        page.wait_for_timeout(200)
        sizes = {a.url: packed(a.body()) for a in answers if a.status == 200}
        context.close()
        return sizes, [message.text for message in violations]

    return open_


def packed(content: bytes) -> int:
    """Bytes that travel: what is compressed already does not become smaller."""
    return min(len(content), len(gzip.compress(content, 6)))


def test_a_first_visit_is_light_and_keeps_the_policy(visit, texts):
    heavy, violations = [], []
    for path in texts:
        sizes, broken = visit(path)
        total = sum(sizes.values()) / KILOBYTE
        print(f"{path}: {total:.0f} kB in {len(sizes)} answers")
        largest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
        heavy += [f"{path}: {total:.0f} kB, {largest}"] * (total > FIRST_VISIT)
        violations += broken
        assert not [url for url in sizes if any(name in url for name in RUNTIME)]
    assert not heavy, "\n".join(heavy)
    assert not violations, "\n".join(violations)


def test_the_policy_is_kept_by_a_running_explorer(open_page):
    page = open_page("book/index.html")
    page.wait_for_selector(".aigc-explorer[data-ready]")
    page.evaluate("document.querySelector('.aigc-explorer').aigc.touch()")
    page.get_by_text("浏览器正在运行网络").wait_for()


def test_the_policy_stops_inline_scripts_and_eval(open_page):
    page = open_page("book/howto.html")
    ran = page.evaluate(
        """async () => {
          const script = document.createElement("script");
          script.textContent = "window.injected = true";
          document.body.append(script);
          const picture = "<img src=x onerror='injected = 1'>";
          document.body.insertAdjacentHTML("beforeend", picture);
          await new Promise((done) => setTimeout(done, 100));
          let evaluated = false;
          try { evaluated = Boolean((0, eval)("1")); } catch { /* as it should */ }
          return [Boolean(window.injected), evaluated];
        }"""
    )
    open_page.problems.clear()  # the page complains, rightly
    assert ran == [False, False]


def test_pages_have_a_policy_and_nothing_inline(site):
    for path in site.rglob("*.html"):
        if "_static" in path.parts:
            continue  # a template of the theme, no page
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        policy = soup.select_one("meta[http-equiv=Content-Security-Policy]")
        assert policy is not None and "script-src 'self'" in policy["content"], path
        for tag in soup.find_all(True):
            handlers = [name for name in tag.attrs if name.startswith("on")]
            assert not handlers, (path.name, tag.name, handlers)
            if tag.name == "script" and not tag.get("src"):
                assert tag.get("type") == "application/json", (path.name, tag)


def test_every_page_describes_itself(site, texts):
    for path in texts:
        soup = BeautifulSoup((site / path).read_text("utf-8"), "html.parser")
        about = soup.select_one("meta[name=description]")
        assert about is not None and 20 <= len(about["content"]) <= 160, path
        for name in ("og:title", "og:description", "og:type", "og:locale"):
            assert soup.select_one(f'meta[property="{name}"]')["content"], (path, name)


def test_parts_of_the_repository_keep_their_budgets():
    sizes = {
        "notebooks": [p.stat().st_size for p in (ROOT / "notebooks").glob("*.ipynb")],
        "weights": [
            p.stat().st_size for p in (ROOT / "aigc_helpers/weights").iterdir()
        ],
    }
    print({name: sum(found) for name, found in sizes.items()})
    assert max(sizes["notebooks"]) <= MEGABYTE
    assert sum(sizes["weights"]) <= 20 * MEGABYTE


def test_the_history_stays_small():
    command = ["git", "rev-list", "--disk-usage", "--objects", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is no clone: there is no history")
    print(f"history: {int(done.stdout) / MEGABYTE:.1f} MB")
    assert int(done.stdout) <= 100 * MEGABYTE
