"""The timeline of chapter 01: entries that open, and on the site a choice of themes.

A notebook's cell tagged ``timeline`` holds entries such as this, which every front end
shows; the themes stand at the end of its title::

    <details><summary><strong>1950</strong> 图灵：机器能思考吗（规则、生成）</summary>

    What happened.

    </details>
"""

import re

THEMES = {"规则": "rules", "数据": "data", "生成": "generation"}
ENTRY = re.compile(r"<details><summary>(.*)（([^（）]*)）</summary>")
RADIO = (
    '<input type="radio" name="timeline" id="timeline-{0}"{2}>'
    '<label for="timeline-{0}">{1}</label>'
)


def with_themes(source: str) -> str:
    """The entries as a list, below radio buttons; book.css hides what is not chosen."""
    entries = ENTRY.sub(lambda m: opened(m[1], m[2].split("、")), source)
    entries = entries.replace("</details>\n\n", "</details>\n")
    entries = entries.replace("</details>", "</details></li>")
    radios = [RADIO.format("all", "全部", " checked")]
    radios += [RADIO.format(theme, name, "") for name, theme in THEMES.items()]
    chosen = "\n".join(["<fieldset>", "<legend>只看</legend>", *radios, "</fieldset>"])
    return f'<div class="timeline">\n{chosen}\n<ol>\n{entries}\n</ol>\n</div>'


def opened(title: str, names: list[str]) -> str:
    """The head of an entry with a label for each of its themes."""
    themes = " ".join(THEMES[name] for name in names)
    labels = "".join(f'<span class="timeline-theme">{name}</span>' for name in names)
    head = f"<details><summary>{title}{labels}</summary>"
    return f'<li data-theme="{themes}">{head}'
