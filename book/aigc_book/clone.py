"""MyST directive ``{clone}``: commands that get the repository.

They are written with stand-ins for its address and its name, as they are read on a page
that is not built. A publication knows both and puts them in; a local build says why it
does not.
"""

import publish
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ADDRESS, FOLDER = "仓库的地址", "仓库的名字"
UNKNOWN = (
    f"这一份网站是在某台电脑上生成的，不知道自己出自哪个仓库，所以上面写的是“{ADDRESS}”："
    "换成你取得本书的那个仓库的地址。已经有仓库的目录，就跳过 git clone 这一行。"
)


class Clone(SphinxDirective):
    """Place a block of commands and, in a local build, a word about them."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the block, and the word."""
        commands, publication = "\n".join(self.content), publish.from_environment()
        if publication:
            name = publication.repository.partition("/")[2]
            commands = commands.replace(ADDRESS, publication.home)
            commands = commands.replace(FOLDER, name)
        block = nodes.literal_block(commands, commands, language="bash")
        return [block] if publication else [block, nodes.paragraph("", UNKNOWN)]


def setup(app):
    """Register the directive with Sphinx."""
    app.add_directive("clone", Clone)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
