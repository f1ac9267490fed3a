"""Pages are what the table of contents names, and no other file.

jupyter-book can exclude the others too (``only_build_toc_files``), but looks for them
by a glob of the whole path: it finds none in a folder such as "book [v2]", and takes a
file such as "notes [1].md" for a pattern.
"""


def read_only_these(app, config) -> None:
    """Let Sphinx look for the pages of `sphinx_external_toc` alone."""
    names = getattr(config, "external_site_map", ())
    if names:
        config.include_patterns = [
            name + suffix for name in names for suffix in config.source_suffix
        ]


def setup(app):
    """Come after `sphinx_external_toc`, whose priority is 900."""
    app.connect("config-inited", read_only_these, priority=901)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
