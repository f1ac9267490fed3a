"""Repair what the theme and its extensions leave English or unclear to screen readers.

The phrases stand in templates and scripts that no message catalogue reaches, always
as the value of an attribute that a reader hears or sees.
"""

import re
from pathlib import Path

PHRASES = {
    "Color mode": "切换明暗",
    "Link to this code": "这段代码的链接",
    "Link to this definition": "这条定义的链接",
    "Link to this equation": "这个公式的链接",
    "Link to this heading": "这一节的链接",
    "Link to this image": "这幅图的链接",
    "Link to this table": "这张表的链接",
    "Link to this term": "这条术语的链接",
    "Main": "全书目录",
    "Page": "本页目录",
    "System Settings": "跟随系统",
    "Toggle hidden content": "显示或隐藏内容",
    "Toggle primary sidebar": "显示或隐藏全书目录",
    "Toggle secondary sidebar": "显示或隐藏本页目录",
    "列印成 PDF": "打印成 PDF",
}
ATTRIBUTE = re.compile(
    rf'\b(title|aria-label|data-bs-title)="({"|".join(map(re.escape, PHRASES))})"'
)
# A label beside a visible text, or beside the title of an icon, contradicts it;
# doc-biblioentry is deprecated in ARIA, and a list needs list items. By its id the
# theme would find the list of contents, which contents.js lets follow the reader.
ROLES = (
    (re.compile(r'(<i class="theme-switch[^>]*?)\s+title="[^"]*"'), r"\1"),
    (re.compile(r'(<summary) aria-label="[^"]*"'), r"\1"),
    (re.compile(r'\brole="doc-biblioentry"'), 'role="listitem"'),
    (re.compile(r'\bid="pst-page-toc-nav"'), 'id="book-contents"'),
)


def translate(text: str) -> str:
    """Replace the known attribute values in HTML or in a script that writes HTML."""
    return ATTRIBUTE.sub(lambda m: f'{m[1]}="{PHRASES[m[2]]}"', text)


def clarify(text: str) -> str:
    """Give elements one name and a role that assistive software knows."""
    for pattern, replacement in ROLES:
        text = pattern.sub(replacement, text)
    return text


def repair_script(script: Path) -> None:
    """Rewrite a script that writes HTML."""
    text = script.read_text("utf-8")
    if (repaired := clarify(translate(text))) != text:
        script.write_text(repaired, "utf-8")
