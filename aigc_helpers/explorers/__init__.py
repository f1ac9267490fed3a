"""Explorers: pictures that follow a slider, live in Jupyter and on a page.

A kind of explorer is a folder here; nothing outside it names it. Which there are is
found by listing, and importing one imports no other. The folder ``NAME`` holds

``widget.py``
    A class ``…Explorer`` on `base.Explorer` with ``_kind = "NAME"``: its traits, what
    the kernel answers, and ``_static_html()``. It is a name of this package.
``setting.py``
    What the class was asked for, checked: a frozen dataclass with the ``config()`` and
    ``state()`` that the module reads.
``page.py``
    The HTML that stands on a page; and, for a kind that shows shipped networks,
    ``shipped_page(name, card)``, that HTML of the network with this card, and
    ``export_shipped(name, card, path)``, which writes the network as ONNX. A card
    asks for a kind by ``"explorer": {"kind": "NAME", …}``.
``words.py``
    What a reader reads, in one table keyed by language.
``NAME.js``
    An ES module with a default export of `explorer` in ``front/view.js``, which may
    import ``../front/*.js`` and files beside it; words in a table keyed by language.
``NAME.css``
    Its style, if it needs one; joined to those of all others.
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
