"""Make finished pages light and safe: no icon library, no inline script.

- The theme's FontAwesome is 540 KB of JavaScript for a dozen icons: each ``<i>`` that
  asks for one becomes the SVG itself, with the path that the theme ships.
- Every inline script and handler moves into a file, so that the content security
  policy of a page allows scripts of this site alone.
- Scripts that serve nothing here are left out.
- Pictures are loaded when they come near, and keep their place until then.
"""

import base64
import hashlib
import io
import re
from functools import cache
from pathlib import Path

import pydata_sphinx_theme
from PIL import Image
from sphinx.errors import ExtensionError

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme"
LIBRARY = THEME / "static" / "scripts" / "fontawesome.js"
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # WebAssembly of the explorers
        "style-src 'self' 'unsafe-inline'",  # matrices in MathML, widths in tables
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ]
)
# Searching is our own (search.js); nobody reads the rest.
UNUSED = (
    r'\s*<script[^>]*src="(?:[^"]*/)?'
    r'(?:fontawesome|searchtools|language_data|searchindex|translations)\.js[^"]*"'
    r"[^>]*></script>",
    r'\s*<link rel="preload" as="script"[^>]*>',
    r"\s*<script>DOCUMENTATION_OPTIONS\.\w+ = [^<]*</script>",
)
HANDLERS = {"window.print()": "print", "toggleFullScreen()": "fullscreen"}

ICON = re.compile(r'<(i|span) class="([^"]*\bfa[sb]?\b[^"]*|fa-[^"]*)"([^>]*)></\1>')
SCRIPT = re.compile(r"<script(?: data-cfasync=\"false\")?>(.*?)</script>", re.DOTALL)
HANDLER = re.compile(r'\son(\w+)="([^"]*)"')
PACKED = re.compile(
    r'<img (?![^>]*loading=)([^>]*)src="data:image/(?:png|webp);base64,([^"]{8000,})"'
    r"([^>]*)>"
)
PICTURE = re.compile(r'<img (?![^>]*loading=)([^>]*src="((?!data:)[^"]+\.png)"[^>]*)>')


def smallest(content: bytes) -> bytes:
    """The same pixels as lossless WebP where that takes less room."""
    packed = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.save(packed, "webp", lossless=True, quality=100, method=6, exact=True)
    return min(content, packed.getvalue(), key=len)


def unpack_pictures(page: str, out: Path, root: str, pack=smallest) -> str:
    """Large pictures that lie in the page become files, loaded when they come near.

    ``pack`` makes a picture's bytes smaller: `smallest`, or one that remembers.
    """

    def unpack(match: re.Match) -> str:
        before, code, after = match.groups()
        content = pack(base64.b64decode(code))
        kind = "webp" if content[8:12] == b"WEBP" else "png"
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
        (out / "_images").mkdir(exist_ok=True)
        (out / "_images" / name).write_bytes(content)
        source = f'src="{root}_images/{name}"'
        return f'<img loading="lazy" decoding="async" {before}{source}{after}>'

    return PACKED.sub(unpack, page)


def wait_for_pictures(page: str, folder: Path) -> str:
    """The page with its pictures loaded when they come near."""
    return PICTURE.sub(lambda found: lazy(found, folder), page)


def lazy(match: re.Match, folder: Path) -> str:
    """A picture with its size in pixels, loaded when it comes near."""
    attributes, source = match.groups()
    file = folder / source
    if not file.is_file():
        return match[0]
    with Image.open(file) as picture:
        width, height = picture.size
    size = "" if "width=" in attributes else f' width="{width}" height="{height}"'
    return f'<img loading="lazy" decoding="async"{size} {attributes}>'


def lighten(page: str, out: Path, root: str) -> str:
    """One page's HTML; scripts that were inline go below ``out``."""
    for pattern in UNUSED:
        page = re.sub(pattern, "", page)
    page = ICON.sub(icon, page)
    page = HANDLER.sub(action, page)
    page = move_scripts(page, out, root)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return page.replace("<head>", f"<head>\n    {meta}", 1)


def icon(match: re.Match) -> str:
    """The SVG of an element such as <i class="fa-solid fa-bars fa-lg">."""
    tag, classes, rest = match.groups()
    sizes = ("fa-solid", "fa-lg", "fa-fw")
    name = next((c for c in classes.split() if c[:3] == "fa-" and c not in sizes), None)
    if name is None:
        return match[0]
    width, height, path = shapes(name.removeprefix("fa-"))
    return (
        f'<svg class="book-icon {classes}"{rest} viewBox="0 0 {width} {height}" '
        f'aria-hidden="true"><path fill="currentColor" d="{path}"/></svg>'
    )


@cache
def shapes(name: str) -> tuple[str, str, str]:
    """Width, height and path of an icon, read from the theme's own library."""
    text = LIBRARY.read_text("utf-8")
    entry = (
        rf'[{{,]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"'
    )
    found = re.search(entry, text)
    if found is None:
        raise ExtensionError(f"the theme's icons have none called {name!r}")
    return found.groups()


def action(match: re.Match) -> str:
    """``onclick="window.print()"`` becomes a name that page.js knows."""
    event, code = match.groups()
    if event != "click" or code not in HANDLERS:
        raise ExtensionError(f'on{event}="{code}" is unknown: add it to page.js')
    return f' data-action="{HANDLERS[code]}"'


def move_scripts(page: str, out: Path, root: str) -> str:
    """Inline scripts become files that are called after what they say."""

    def move(match: re.Match) -> str:
        text = match[1].strip() + "\n"
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.js"
        target = out / "_static" / "inline" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        return f'<script src="{root}_static/inline/{name}"></script>'

    return SCRIPT.sub(move, page)
