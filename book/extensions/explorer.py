"""MyST directive ``{explorer} NAME``: an explorer on a shipped network, no notebook."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from aigc_helpers import weights
from aigc_helpers.explorers.page import latent_page
from aigc_helpers.explorers.plane.widget import plane_page
from aigc_helpers.explorers.sampler.page import sampler_page

PAGES = {  # by the kind in the card
    "latent": latent_page,
    "plane": plane_page,
    "sampler": sampler_page,
}


class Explorer(SphinxDirective):
    """Place the static page of the explorer on the shipped network NAME."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the explorer's HTML as one raw node."""
        name = self.arguments[0]
        try:
            html = shipped_page(name)
        except (KeyError, ValueError, FileNotFoundError) as error:
            raise self.error(f"explorer {name!r}: {error}") from error
        return [nodes.raw("", html, format="html")]


def shipped_page(name: str) -> str:
    """HTML of the explorer that the card of a shipped network asks for."""
    kind = (weights.card(name).get("explorer") or {}).get("kind", "latent")
    if kind not in PAGES:
        raise ValueError(f"a page has no explorer of kind {kind!r}; it has {[*PAGES]}")
    return PAGES[kind](name)


def setup(app):
    """Register the directive with Sphinx."""
    app.add_directive("explorer", Explorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
