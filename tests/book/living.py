"""Explorers in a browser: does each one live, or only show what was stored?"""

# Notes the sources of what an explorer paints from now on.
NOTE = """box => {
  box.sources = [];
  const { el } = box.aigc.view;
  el.addEventListener("aigc:painted", ({ detail }) =>
    detail.painted && box.sources.push(detail.source));
}"""


def ready(page, box) -> None:
    """Bring an explorer on the screen and wait until its module shows it."""
    box.scroll_into_view_if_needed()
    page.wait_for_function(
        "box => box.dataset.ready || box.dataset.error", arg=box.element_handle()
    )
    assert box.get_attribute("data-ready"), box.inner_text()


def revive(page) -> list[str]:
    """Touch all explorers of a page; what each painted by, "check" for a self-check.

    A network's explorer must paint by the network, every other one by its module.
    """
    return [touch(page, box) for box in page.locator(".aigc-explorer").all()]


def touch(page, box) -> str:
    """Touch one explorer; what it painted by."""
    ready(page, box)
    if box.get_attribute("data-explorer") == "check":
        assert box.get_by_role("button").count(), "a self-check without a button"
        return "check"
    box.evaluate(NOTE)
    wanted = "network" if box.get_attribute("data-network") else ""
    asked = box.get_by_role("button", name="念", exact=True)
    if asked.count():  # what makes sound waits for other digits and a click
        box.locator("input.aigc-entry").fill("73")
        asked.click()
    elif wanted:
        box.evaluate("box => void box.aigc.touch()")
    else:
        slider = box.locator("input[type=range]").first
        slider.press("Home")
        slider.press("End")  # at one end it has stood
    page.wait_for_function(
        """([box, wanted]) =>
          box.querySelector(".aigc-failed") || box.sources.some((source) =>
            !wanted || source === wanted)""",
        arg=[box.element_handle(), wanted],
    )
    failed = box.locator(".aigc-failed")
    assert not failed.count(), failed.inner_text()
    return box.evaluate("box => box.sources.at(-1)")
