"""Number the figures and formulas of each page from 1.

Sphinx counts through the whole book unless sections are numbered, so that a new page
would renumber all later ones, and a chapter's own words, "see figure 3", with them.
"""

from copy import deepcopy


def restart(numbers: dict) -> None:
    """Number anew what Sphinx counted: {page: {kind: {id: (number,)}}}."""
    for kinds in numbers.values():
        for ids in kinds.values():
            in_order = sorted(ids, key=ids.get)
            ids.update((name, (i,)) for i, name in enumerate(in_order, start=1))


def restart_pages(app, env) -> list[str]:
    """Do so once Sphinx has counted; no page more is to be written for it."""
    env.numbers_through_the_book = deepcopy(env.toc_fignumbers)
    restart(env.toc_fignumbers)
    return []


def put_back(app, env) -> list[str]:
    """Give Sphinx its last count: only where the new one differs is a page written."""
    env.toc_fignumbers = getattr(env, "numbers_through_the_book", {})
    return []


def setup(app):
    """Run around Sphinx's own counting, which listens to the same event."""
    app.connect("env-get-updated", put_back, priority=100)
    app.connect("env-get-updated", restart_pages, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
