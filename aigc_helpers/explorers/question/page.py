"""A question explorer on a page: stored answers, then the shipped tables."""

import html
import json
from pathlib import Path

import torch
from safetensors.torch import save

from aigc_helpers.explorers.cards import card_options, load_shown
from aigc_helpers.explorers.page import explorer_html
from aigc_helpers.explorers.question.setting import (
    Answers,
    QuestionSetting,
    question_setting,
)
from aigc_helpers.explorers.question.words import WORDS
from aigc_helpers.explorers.saved import source_link
from aigc_helpers.files import whole

SUFFIX = ".safetensors"  # of what is exported
_POSTER = '<div class="aigc-question-poster">{parts}</div>'
_QUOTE = (
    "<figure><blockquote>{before}<mark>{marked}</mark>{after}</blockquote>"
    "<figcaption>{link}</figcaption></figure>"
)


def shipped_page(name: str, card: dict) -> str:
    """HTML of an explorer on a shipped network, alive on a page without a kernel.

    The card's ``explorer`` entry is described in ``setting.py``.

    Raises
    ------
    ValueError
        If the network is none for this explorer, or the card does not fit it.
    """
    answers = shipped_answers(name, card)
    setting = question_setting(answers, **card_options(card))
    return static_html(setting, setting.state(), answers, shipped=name)


def shipped_answers(name: str, card: dict) -> Answers:
    """Who answers on a page, by the card of a shipped network."""
    return load_shown(name, card, "question", "找段落")


def export_shipped(name: str, card: dict, path: Path) -> Path:
    """Write what a page answers from, as `export_answers` does."""
    return export_answers(shipped_answers(name, card), path)


def export_answers(answers: Answers, path: Path) -> Path:
    """Write tables and facts in one file, unless it has them.

    Floating-point numbers that 16 bits hold take 16. The facts are JSON in the file's
    metadata.
    """
    tensors = {name: _smallest(tensor) for name, tensor in answers.tables().items()}
    facts = json.dumps(answers.facts(), ensure_ascii=False, separators=(",", ":"))
    content = save(tensors, metadata={"facts": facts})
    if not path.exists() or path.read_bytes() != content:
        with whole(path) as scratch:
            scratch.write_bytes(content)
    return path


def _smallest(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.is_floating_point() and torch.equal(tensor.half().float(), tensor):
        tensor = tensor.half()
    return tensor.contiguous()


def static_html(
    setting: QuestionSetting, state: dict, answers: Answers, *, shipped: str = ""
) -> str:
    """Poster and state; without a shipped network stored answers are all it has."""
    starts = [state, *setting.starts()]
    distinct = [one for i, one in enumerate(starts) if one not in starts[:i]]
    samples = [
        {"state": one, "answer": explained(setting, one, answers)} for one in distinct
    ]
    config = setting.config(
        source="network" if shipped else "stored", network=shipped, samples=samples
    )
    shown = poster(state["question"], samples[0]["answer"])
    return explorer_html("question", config, state, poster=shown, network=shipped)


def explained(setting: QuestionSetting, state: dict, answers: Answers) -> dict:
    """What is told in a state, as the page shows it."""
    return answers.explain(state["question"], setting.stranger(state))


def poster(question: str, answer: dict) -> str:
    """HTML of question, quotations and confidence, in words."""
    told, passages = answer["told"], answer["passages"]
    lines = [WORDS["question"].format(question=question) if question else ""]
    lines += [told["words"], WORDS["nearest"] if told["nearest"] else ""]
    quoted = [*told["citations"], *([told["nearest"]] if told["nearest"] else [])]
    quotes = [_quote(passages[one["key"]], one["marked"]) for one in quoted]
    parts = [_paragraph(line) for line in lines if line] + quotes
    if told["kind"] != "unreadable":
        verdict = WORDS["refuses" if told["nearest"] else "answers"]
        confidence, threshold = sure_words(told["confidence"]), answer["threshold"]
        words = verdict.format(confidence=confidence, threshold=threshold)
        parts.append(_paragraph(words))
    if told["strangers"]:
        parts.append(_paragraph(WORDS["strange"]))
    return _POSTER.format(parts="".join([*parts, _paragraph(WORDS["about"])]))


def sure_words(confidence: float) -> str:
    """A confidence with two digits, which are never those of certainty."""
    if confidence >= 0.995:
        return WORDS["nearly_sure"]
    return WORDS["hardly_sure"] if confidence < 0.005 else f"{confidence:.2f}"


def _paragraph(words: str) -> str:
    return f"<p>{html.escape(words)}</p>"


def _quote(passage: dict, marked: list[int]) -> str:
    start, end = marked
    text = passage["text"]
    section = f"{passage['number']} {passage['heading']}".strip()
    return _QUOTE.format(
        before=html.escape(text[:start]),
        marked=html.escape(text[start:end]),
        after=html.escape(text[end:]),
        link=source_link(passage["address"], f"《{section}》"),
    )
