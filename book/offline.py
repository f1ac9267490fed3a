"""Pack the built site into one archive that opens by a double click: ``make offline``.

    python book/offline.py [--site _build/html] [--to dist/aigc-book.zip]

From ``file://`` a browser loads neither modules nor what they fetch. Here each becomes
a classic script that carries it as text, and ``assets/offline.js`` unpacks it on
demand. Nothing else changes: the same pages, explorers, networks and search.
"""

import argparse
import base64
import json
import re
import zipfile
from pathlib import Path

from aigc_book import versions

from aigc_helpers.files import whole

ROOT = Path(__file__).parents[1]
FOLDER = "AIGC-从入门到实战"  # the archive's only entry at its top
DATE = (2020, 1, 1, 0, 0, 0)  # of all files: equal sites give equal archives
MODULE = re.compile(r'\s*<script type="module" src="([^"]*?_static/\w+/)([^"?]+)[^"]*">'
                    r"</script>")  # fmt: skip
PACKED = ("explorers/**/*.js", "formulas/*.js", "search/*", "networks/*", "*.js")
LIBRARIES = ("vendor/ort/*",)
POSTER = re.compile(r'src="(?:\.\./)*_images/([0-9a-f]{16}\.(?:png|webp))"')
BLOBS = ("script-src 'self'", "script-src 'self' blob:")


def main() -> None:
    """Read the arguments, write the archive, say where it is and how large."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--to", type=Path, default=ROOT / "dist" / "aigc-book.zip")
    args = parser.parse_args()
    if not (args.site / "index.html").is_file():
        parser.error(f"no site in {args.site}: run `make book` first")
    write_archive(args.site, args.to)
    print(f"{args.to}: {args.to.stat().st_size / 1e6:.1f} MB; unpack it and open")
    print(f"{FOLDER}/index.html")


def write_archive(site: Path, target: Path) -> None:
    """Zip a site in its offline form; the file appears only when it is whole."""
    with whole(target) as scratch, zipfile.ZipFile(scratch, "w") as archive:
        for name, content in offline_files(site):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)


def offline_files(site: Path):
    """Yield (name, bytes) of all files of the offline form, in order of name."""
    static = versions.folder(site)
    packed = packed_files(static)
    for path in sorted(p for p in site.rglob("*") if p.is_file()):
        name = path.relative_to(site).as_posix()
        if path.suffix == ".html":
            page = put_back(path.read_text("utf-8"), site)
            yield name, offline_page(page).encode()
        elif path not in packed or path.suffix == ".js":
            yield name, path.read_bytes()
        if path in packed:
            inner = path.relative_to(static).as_posix()
            script = static.relative_to(site) / "offline" / f"{inner}.js"
            yield script.as_posix(), as_script(inner, path.read_bytes())


def packed_files(static: Path) -> set[Path]:
    """What pages would import or fetch, below their folder ``static``."""
    patterns = (*PACKED, *LIBRARIES)
    found = {path for pattern in patterns for path in static.glob(pattern)}
    return {path for path in found if path.is_file()}


def as_script(name: str, content: bytes) -> bytes:
    """A classic script that hands a file's bytes to the loader."""
    text = base64.b64encode(content).decode("ascii")
    return f"aigcOffline.put({json.dumps(name)}, {json.dumps(text)});\n".encode()


def put_back(page: str, site: Path) -> str:
    """The page with its explorers' pictures inside: a canvas may not be read that
    was painted from another file.
    """

    def picture(match: re.Match) -> str:
        content = (site / "_images" / match[1]).read_bytes()
        kind = match[1].rpartition(".")[2]
        return f'src="data:image/{kind};base64,{base64.b64encode(content).decode()}"'

    return POSTER.sub(picture, page)


def offline_page(page: str) -> str:
    """A page whose modules are loaded by the offline loader."""
    modules = [path for _, path in MODULE.findall(page)]
    if not modules:
        return page
    static = MODULE.search(page)[1]
    loader = (
        f'\n    <script src="{static}offline.js" '
        f'data-modules="{" ".join(modules)}"></script>'
    )
    page = page.replace(*BLOBS, 1)
    return MODULE.sub("", MODULE.sub(loader, page, count=1))


if __name__ == "__main__":
    main()
