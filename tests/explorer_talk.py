"""What a page reads of an explorer, and how its module asks the kernel."""

import json
import re

import numpy as np

SCRIPT = '<script type="application/json">'


def facts_in(html: str) -> dict:
    """The JSON beside an explorer's poster: its _config and _state."""
    return json.loads(re.search(rf"{SCRIPT}(.*?)</script>", html, re.DOTALL)[1])


def stored(explorer) -> tuple[dict, dict]:
    """_config and _state that the page reads."""
    found = facts_in(explorer._static_html())
    return found["_config"], found["_state"]


def poster_of(explorer) -> str:
    """What stands on a page until the module runs."""
    return explorer._static_html().split("<script")[0]


def ask(explorer, **content):
    """The kernel's answer to a question: (message, float32 numbers)."""
    sent = []
    explorer.send = lambda *message: sent.append(message)
    explorer._receive(explorer, {"id": 1, **content}, [])
    message, buffers = sent[0][0], sent[0][1] if len(sent[0]) > 1 else []
    return message, np.frombuffer(b"".join(buffers), "<f4")


def assert_runs_nothing(explorer) -> None:
    """Its HTML runs nothing, asks nobody, and is the same every time.

    Of an explorer to whose texts somebody has given tags, "<b>" among them.
    """
    html = explorer._static_html()
    assert re.findall("<script[^>]*>", html) == [SCRIPT]
    poster, facts = html.split(SCRIPT)
    assert "<b>" not in poster and "http" not in html
    assert "<" not in facts.removesuffix("</script></div>")
    assert html == explorer._static_html()
