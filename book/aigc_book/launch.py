"""Links above every chapter: run it in Colab, download it, read its source.

A local build knows no repository, so it links to the source that the site serves and
leaves Colab out. A publication (``publish.from_environment``) adds Colab,
and the notebooks that the site serves are the copies with the set-up cell: they run on
any Jupyter.
"""

from pathlib import Path

import publish


def links(name: str, served: str, publication=None) -> list[dict]:
    """The links of one page, in the order of the page.

    Parameters
    ----------
    name : str
        Path of the page's source in the repository.
    served : str
        Address of the copy of the source that lies on the site.
    publication : Publication, optional
        Of which fork and commit the site is.
    """
    found = []
    notebook = name.endswith(".ipynb")
    if notebook and publication:
        found.append(link("在 Colab 运行", "fa-play", publication.colab(name)))
    if notebook:
        file = Path(name).name
        found.append(link("下载笔记本", "fa-download", served) | {"download": file})
    source = publication.source(name) if publication else served
    found.append(link("源文件", "fa-code", source))
    return found


def link(text: str, icon: str, url: str) -> dict:
    """What the template ``launch.html`` shows of a link."""
    return {"text": text, "icon": icon, "url": url}


def add_links(app, pagename, templatename, context, doctree) -> None:
    """Give the template the links of a page that has a source."""
    name = context.get("sourcename") if doctree is not None else None
    context["launch_links"] = []
    if name:
        served = context["pathto"](f"_sources/{name}", 1)
        publication = publish.from_environment()
        context["launch_links"] = links(name, served, publication)


def serve_copies(app, exception) -> None:
    """In a publication, the notebooks to download get their set-up cell."""
    publication = publish.from_environment()
    if exception or app.builder.format != "html" or publication is None:
        return
    served = Path(app.outdir) / "_sources"
    for notebook in sorted(served.rglob("*.ipynb")):
        source = Path(app.srcdir) / notebook.relative_to(served)
        publish.write_copy(source, notebook, publication)


def setup(app):
    """Connect to the theme, whose header shows the template ``launch.html``."""
    app.connect("html-page-context", add_links)
    app.connect("build-finished", serve_copies)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
