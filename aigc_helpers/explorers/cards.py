"""What the card of a shipped network says to an explorer that asks it."""

from typing import Any

from aigc_helpers import weights
from aigc_helpers.reader import Mistake


def card_options(card: dict) -> dict:
    """The options of its explorer, all but the kind and who decodes."""
    facts = card["explorer"].items()
    return {key: value for key, value in facts if key not in ("kind", "decoder")}


def load_shown(name: str, card: dict, kind: str, purpose: str) -> Any:
    """The shipped network as its explorer asks it, see `weights.load_decoder`.

    Raises
    ------
    Mistake
        If the card is for another kind; ``purpose`` says in Chinese what a network of
        this kind does.
    """
    if (card.get("explorer") or {}).get("kind") != kind:
        raise Mistake(
            f"{name!r} is not a network for a {kind} explorer",
            f"{name!r} 不是{purpose}的网络。",
        )
    return weights.load_decoder(name, card)
