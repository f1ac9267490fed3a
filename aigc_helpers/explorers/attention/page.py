"""An attention explorer on a page: stored answers, then the exported network."""

import html
from pathlib import Path

from aigc_helpers import weights
from aigc_helpers.explorers.attention.setting import AttentionSetting, attention_setting
from aigc_helpers.explorers.attention.translating import Written, state_shapes, write
from aigc_helpers.explorers.attention.words import WORDS
from aigc_helpers.explorers.page import explorer_html
from aigc_helpers.language.transduction import Transducer
from aigc_helpers.reader import Mistake
from aigc_helpers.weights import export

_POSTER = (
    '<figure class="aigc-attention-poster"><p>{words}</p>'
    '<div style="overflow-x:auto" tabindex="0"><table><tr><td>{corner}</td>{heads}</tr>'
    "{rows}</table></div><figcaption>{caption}</figcaption></figure>"
)
_CELL = '<td style="background:rgba(31,111,120,{shade:.2f})">{percent}</td>'
_MOST_ROWS = 24  # of a poster; a longer target lies in columns
_DEEPEST = 0.4  # of a cell's shade, so that dark and light letters are read on it


def shipped_page(name: str, card: dict) -> str:
    """HTML of an explorer on a shipped network, alive on a page without a kernel.

    The card's ``explorer`` entry is described in ``setting.py``.

    Raises
    ------
    ValueError
        If the network is none for this explorer, or the card does not fit it.
    """
    setting, model = shipped_setting(name, card), weights.load(name, facts=card)
    return static_html(setting, setting.state(), model, shipped=name)


def shipped_setting(name: str, card: dict) -> AttentionSetting:
    """The setting that the card of a shipped network describes."""
    facts = dict(card.get("explorer") or {})
    if facts.pop("kind", "") != "attention" or "target" not in facts:
        raise Mistake(
            f"{name!r} is not a network for an attention explorer",
            f"{name!r} 不是会翻译、带注意力的网络。",
        )
    return attention_setting(facts.pop("target"), **facts)


def export_shipped(name: str, card: dict, path: Path) -> Path:
    """Write one step of the shipped network as ONNX."""
    sources = shipped_setting(name, card).sources()
    first = max(sources, key=lambda source: source.shape[1])
    model = weights.load(name, facts=card)
    return export.export_transducer(model, path, [first, *sources])


def static_html(
    setting: AttentionSetting, state: dict, model: Transducer, *, shipped: str = ""
) -> str:
    """Poster and state; without a shipped network stored answers are all it has."""
    starts = [{key: state[key] for key in setting.start}, *setting.starts()]
    distinct = [one for i, one in enumerate(starts) if one not in starts[:i]]
    answers = [write(setting, model, one) for one in distinct]
    config = setting.config(
        source="network" if shipped else "stored",
        network=shipped,
        states=state_shapes(setting, model),
        samples=[one.stored() for one in answers],
    )
    return explorer_html(
        "attention", config, state, poster=poster(setting, answers[0]), network=shipped
    )


def poster(setting: AttentionSetting, shown: Written) -> str:
    """HTML of what was read and written, and the matrix as a table of per cent."""
    written, read = shown.words, setting.source.names(shown.start)
    attention = shown.attention  # (T, S)
    is_long = len(written) > _MOST_ROWS
    if is_long:
        written, read, attention = read, written, attention.T
    body = [
        f"<tr>{_head(name, 'row')}{''.join(map(_cell, row))}</tr>"
        for name, row in zip(written, attention, strict=True)
    ]
    return _POSTER.format(
        words=html.escape(words_of(setting, shown)),
        corner=WORDS["corner_turned" if is_long else "corner"],
        heads="".join(_head(name, "col") for name in read),
        rows="".join(body),
        caption=WORDS["caption_turned" if is_long else "caption"],
    )


def words_of(setting: AttentionSetting, shown: Written) -> str:
    """What was read and written, in a sentence."""
    facts = {"written": shown.text, "n": len(shown.start.get("table", ()))}
    if not shown.tokens:
        sentence = WORDS["nothing"]
    else:
        sentence = WORDS[setting.source.keys[0]].format(**shown.start, **facts)
    cut = WORDS["cut"].format(n=len(shown.tokens))
    return sentence if shown.is_complete else sentence + cut


def _head(name: str, scope: str) -> str:
    return f'<th scope="{scope}">{html.escape(name)}</th>'


def _cell(share: float) -> str:
    percent = round(100 * float(share))
    if not percent:
        return "<td></td>"
    return _CELL.format(shade=_DEEPEST * share, percent=percent)
