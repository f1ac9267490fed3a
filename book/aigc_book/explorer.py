"""MyST directive ``{explorer} NAME``: an explorer on a shipped network, no notebook."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from aigc_helpers.explorers.site import shipped_page


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


def setup(app):
    """Register the directive with Sphinx."""
    app.add_directive("explorer", Explorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
