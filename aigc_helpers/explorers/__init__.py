"""Explorers: pictures that follow a slider, live in Jupyter and on a page.

A kind of explorer is a folder here; nothing outside it names it. Which there are is
found by listing, and importing one imports no other. The folder ``NAME`` holds

``widget.py``
    A class ``…Explorer`` on `base.Explorer` with ``_kind = "NAME"``: its traits, what
    the kernel answers, and ``_static_html()``. It is a name of this package.
``setting.py``
    What the class was asked for, checked: a frozen dataclass with ``config(source=…)``
    and ``state()``, which the module reads. ``source`` is ``"kernel"`` live; on a page
    it is ``"page"`` if the module computes everything, else what the kind calls it.
``page.py``
    The HTML that stands on a page, made by `page.explorer_html`; its poster is any
    HTML, a picture or SVG. And, for a kind that shows shipped networks,
    ``shipped_page(name, card)``, that HTML of the network with this card, and
    ``export_shipped(name, card, path)``, which writes the network as ONNX, or, with a
    ``SUFFIX``, as what the module reads. A card asks for a kind by
    ``"explorer": {"kind": "NAME", …}``.
``words.py``
    What Python writes for a reader, the poster above all, in one table keyed by
    language; the module has a table of its own.
``NAME.js``
    An ES module with a default export of `explorer` in ``front/view.js``, whose head
    lists the hooks; it may import ``../front/*.js`` and files beside it. Live, all of
    them are joined to one text: a name at the top level stands in one file alone, and
    an import is one line, ``import { a } from "./b.js";``. ``front/controls.js`` makes
    HTML nodes and sliders, ``front/chart.js`` charts and any SVG (``svg``),
    ``front/transport.js`` plays what has a time, ``front/sound/deck.js`` shows, plays
    and saves a sound (in Python: ``sounds``), ``front/sound/input.js`` takes one of the
    reader's. What a reader saves is marked by ``front/marking.js``.
``NAME.css``
    Its style, if it needs one. A page has the sheets of the kinds that it shows alone,
    and of the modules in ``front`` which these import. The box has the class
    ``aigc-NAME``, and classes of your own begin with it.

To see it: ``tests/browser/test_NAME.py`` with the fixtures ``write_page``,
``explorer``, ``axe``, ``fits`` and ``show_live``, as in ``test_convolution.py``.
"""

from aigc_helpers.explorers import kinds


def __getattr__(name: str) -> type:
    """An explorer's class, from the folder of its kind."""
    kind = kinds.class_kinds().get(name)
    if kind is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(kinds.part(kind, "widget"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *kinds.names(), *kinds.class_kinds()])
