"""What stands in a notebook where no view of an explorer can live: its poster.

An explorer shows itself as two outputs: the poster, which is its page's HTML, then its
view, which hides the poster while it lives (``front/poster.js``). In a notebook that is
opened again, and in a Jupyter that does not know anywidget, an English error takes the
view's place; no script of ours runs there, so the poster's own style hides the error. A
notebook that is not trusted may have no style; Jupyter leaves out the view there.
"""

import hashlib
import html as markup
import re

HTML = "text/html"
VIEW = "application/vnd.jupyter.widget-view+json"
_POSTER = (
    '<div data-aigc-poster="{token}"><style>{style}</style>{html}'
    '<p class="aigc-saved">{words}</p></div>'
)
_WRAPPED = re.compile(
    '<div data-aigc-poster="([0-9a-f]+)"><style>[^<]*</style>(.*?)'
    '<p class="aigc-saved">[^<]*</p></div>',
    re.DOTALL,
)
# JupyterLab and Notebook 7: an output is a .jp-OutputArea-child, a widget's holds a
# panel. The panel holds text alone while the widget is on its way, and once it is given
# up, and a view or an error of its own when there is a model.
_OUTPUT = ".jp-OutputArea-child"
_BEHIND = f"{_OUTPUT}:has([data-aigc-poster])+{_OUTPUT}"
_UNKNOWN = ".jupyter-widgets-error-widget"
_FILLED, _FAILED = f":has(+{_OUTPUT}>.lm-Panel>*)", f":has(+{_OUTPUT} {_UNKNOWN})"
_STYLE = (
    ".aigc-saved{font-size:.8125rem}"
    "[data-aigc-poster] .aigc-explorer{min-height:0}"  # of a page, for its module
    # No dead view is seen,
    f"{_BEHIND}:has(>.lm-Panel):not(:has(>.lm-Panel>*)),{_BEHIND}:has({_UNKNOWN}),"
    # and the words only where there is none that lives.
    f"{_OUTPUT}{_FILLED}:not({_FAILED}) .aigc-saved{{display:none}}"
    # A view hides its poster here and wherever the same stands: not above a dead one.
    f"{_OUTPUT}:is(:not({_FILLED}),{_FAILED})>:has(>[data-aigc-poster]),"
    f"{_OUTPUT}:is(:not({_FILLED}),{_FAILED}) [data-aigc-poster]"
    "{display:block!important}"
)


_LINK = '<a class="aigc-to-source" href="../{source}">{words}</a>'
_TO_SOURCE = re.compile(
    r'(<a class="aigc-to-source" href="[^"#]*)\.(?:ipynb|md)(?=[#"])'
)
_SOURCES = {"notebooks": ".ipynb", "book": ".md"}


def source_link(address: str, words: str) -> str:
    """HTML of a link to a place of the book, from a page or a notebook of it.

    It leads to the source, which a Jupyter shows; `on_page` makes it lead to the page.

    Parameters
    ----------
    address : str
        Relative to the site: "notebooks/05_gan.html#两种失败-失稳与模式崩溃".
    words : str
    """
    folder = address.partition("/")[0]
    source = address.replace(".html", _SOURCES[folder], 1)
    return _LINK.format(source=markup.escape(source), words=markup.escape(words))


def poster(html: str, words: str, token: str = "") -> str:
    """An explorer's HTML as it stays in a notebook, with words on how to go on.

    A token that is not given is the HTML's, the same in every run.
    """
    token = token or hashlib.sha256(html.encode()).hexdigest()[:12]
    return _POSTER.format(token=token, style=_STYLE, html=html, words=words)


def token_of(made: str) -> str:
    """By which a view knows the poster that was made for it."""
    return _WRAPPED.match(made)[1]


def on_page(text: str) -> str:
    """A page with its posters taken out of what surrounds them in a notebook.

    Links to sources lead to pages.
    """
    return _TO_SOURCE.sub(r"\1.html", _WRAPPED.sub(r"\2", text))


def without_views(outputs: list) -> list:
    """A cell's stored outputs without the views for which a poster stands.

    Outputs that hold nothing, where a progress bar has been, go as well.
    """
    kept: list = []
    for output in outputs:
        data = output.get("data")
        behind = kept and "data-aigc-poster" in kept[-1].get("data", {}).get(HTML, "")
        if data is None or (data and not (behind and set(data) == {VIEW})):
            kept.append(output)
    return kept
