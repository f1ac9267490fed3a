"""The commands that get the repository name the publication's, or say why not."""

from aigc_book.clone import ADDRESS, FOLDER

PAGE = """\
# 取得

```{clone}
git clone 仓库的地址
cd 仓库的名字
make lab
```
"""
LITTLE_BOOK = {"clone.md": PAGE}


def commands(page) -> list[str]:
    return page.select_one("div.highlight-bash pre").get_text().splitlines()


def test_a_publication_names_its_repository(published):
    page = published.page("clone")
    assert commands(page) == [
        "git clone https://github.com/someone/book",
        "cd book",
        "make lab",
    ]
    assert ADDRESS not in page.get_text() and "不知道" not in page.get_text()


def test_a_local_build_says_that_it_knows_no_address(book):
    page = book.page("clone")
    assert commands(page) == [f"git clone {ADDRESS}", f"cd {FOLDER}", "make lab"]
    assert "不知道自己出自哪个仓库" in page.get_text()
