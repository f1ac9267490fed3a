"""MyST directive ``{check} TYPE``: a self-check on a page without code.

The body is YAML, named like the parameters of ``aigc_helpers.explorers.check``::

    ```{check} choice
    question: 哪个数更大？
    options:
      "2": 3 比它大。
      "3": 3 > 2。
    right: "3"
    ```
"""

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from aigc_helpers.explorers import check


class Check(SphinxDirective):
    """Place a self-check of the given type: choice, number or order."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the check's HTML as one raw node."""
        kind = self.arguments[0]
        if kind not in check.TYPES:
            raise self.error(f"check {kind!r}: known are {', '.join(check.TYPES)}")
        try:
            made = check.TYPES[kind](**yaml.safe_load("\n".join(self.content)))
        except (TypeError, ValueError, yaml.YAMLError) as error:
            raise self.error(f"check {kind!r}: {error}") from error
        return [nodes.raw("", made._static_html(), format="html")]


def setup(app):
    """Register the directive with Sphinx."""
    app.add_directive("check", Check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
