"""What the content security policy forbids, and what a page says of itself."""


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


def test_pages_have_a_policy_and_nothing_inline(pages):
    for path, soup in pages.items():
        policy = soup.select_one("meta[http-equiv=Content-Security-Policy]")
        assert policy is not None and "script-src 'self'" in policy["content"], path
        for tag in soup.find_all(True):
            handlers = [name for name in tag.attrs if name.startswith("on")]
            assert not handlers, (path.name, tag.name, handlers)
            if tag.name == "script" and not tag.get("src"):
                assert tag.get("type") == "application/json", (path.name, tag)


def test_every_page_describes_itself(site, pages, texts):
    for path in texts:
        soup = pages[site / path]
        about = soup.select_one("meta[name=description]")
        assert about is not None and 20 <= len(about["content"]) <= 160, path
        for name in ("og:title", "og:description", "og:type", "og:locale"):
            assert soup.select_one(f'meta[property="{name}"]')["content"], (path, name)
