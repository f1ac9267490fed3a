"""Explorers on a page: the one writer of their HTML."""

import html
import json

from aigc_helpers.explorers.sprites import Sheet

_POSTER = (
    '<img class="aigc-explorer-poster" alt="{alt}" width="{width}" height="{height}" '
    'style="max-width:100%;height:auto;image-rendering:pixelated" src="{address}">'
)
_PAGE = (
    '<div class="aigc-explorer" data-explorer="{kind}"{network}>{poster}'
    '<script type="application/json">{state}</script></div>'
)


def explorer_html(
    kind: str, config: dict, state: dict, *, poster: str, network: str = ""
) -> str:
    """One explorer of a page: what is seen without JavaScript, and its JSON state.

    Parameters
    ----------
    kind : str
        Name of the kind's folder.
    config, state : dict
        What the module reads as ``_config`` and ``_state``.
    poster : str
        HTML that stands there until the module runs, and if it never does. Its images
        are the module's ``_sprites``, the first one its ``_sprite``; the addresses of
        its sounds are ``_sounds``.
    network : str
        Name of the exported network that the explorer runs, if it runs one.
    """
    facts = json.dumps(
        {"_config": config, "_state": state}, ensure_ascii=False, separators=(",", ":")
    )
    return _PAGE.format(
        kind=kind,
        network=f' data-network="{html.escape(network)}"' if network else "",
        poster=poster,
        state=facts.replace("<", "\\u003c"),
    )


def poster_image(sheet: Sheet, alt: str, tile: tuple[int, ...] | None = None) -> str:
    """A sheet as the picture that stands on the page until the module runs.

    ``tile`` is the size (H, W) of a picture on the page, by default as it is stored.
    """
    height, width = tile or sheet.tile
    return _POSTER.format(
        address=sheet.address,
        alt=html.escape(alt),
        width=sheet.columns * width,
        height=sheet.rows * height,
    )
