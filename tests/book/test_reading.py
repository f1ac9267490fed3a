"""Ways through the book: from its root, and from the contents on a phone."""


def test_the_root_leads_to_the_first_page(open_page):
    page = open_page("index.html")
    page.wait_for_url("**/book/index.html")


def test_the_contents_open_on_a_phone(open_page):
    page = open_page("book/howto.html", viewport={"width": 360, "height": 740})
    page.locator("button.primary-toggle").first.click()
    page.get_by_role("link", name="参考文献").first.click()
    page.wait_for_url("**/book/references.html")
