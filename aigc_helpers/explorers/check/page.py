"""A self-check without JavaScript: the question, and its answer folded away."""

import html

from aigc_helpers.explorers.check.words import WORDS
from aigc_helpers.explorers.page import explorer_html
from aigc_helpers.richtext import to_html

_POSTER = (
    '<div class="aigc-check-poster" data-{mark}="{id}"><p>{question}</p>{body}'
    "<details><summary>{show}</summary>{answer}</details></div>"
)


def static_html(config: dict) -> str:
    """Poster and state of a self-check, which has no other state than its question."""
    return explorer_html("check", config, {}, poster=poster(config))


def poster(config: dict) -> str:
    """HTML of a self-check as it stands until its module runs, and if it never does."""
    body, answer = _PARTS[config["type"]](config)
    return _POSTER.format(
        mark="guess" if config["type"] == "guess" else "check",  # that a chapter counts
        id=config["id"],
        question=to_html(config["question"]),
        body=body,
        show=WORDS["show"],
        answer=answer,
    )


def _choice(config: dict) -> tuple[str, str]:
    options = config["options"]
    answers = [
        WORDS["right" if option["right"] else "wrong"].format(
            option=to_html(option["text"]), why=to_html(option["why"])
        )
        for option in options
    ]
    texts = [to_html(option["text"]) for option in options]
    return _items("ul", texts), _items("ul", answers)


def _number(config: dict) -> tuple[str, str]:
    value = f"{config['answer']:.12g}".replace("-", "−")
    answer = html.escape(f"{value} {config['unit']}".strip())
    return "", f"<p>{answer}</p>{_explanation(config)}"


def _guess(config: dict) -> tuple[str, str]:
    shown = html.escape(config["shown"])
    return f"<p>{WORDS['guess']}</p>", f"<p>{shown}</p>{_explanation(config)}"


def _order(config: dict) -> tuple[str, str]:
    steps = [to_html(step["text"]) for step in config["steps"]]
    start = _items("ul", [steps[i] for i in config["start"]])
    return start, _items("ol", steps) + _explanation(config)


_PARTS = {"choice": _choice, "number": _number, "guess": _guess, "order": _order}


def _items(tag: str, items: list[str]) -> str:
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"


def _explanation(config: dict) -> str:
    parts = config["explanation"]
    return f"<p>{to_html(parts)}</p>" if parts else ""
