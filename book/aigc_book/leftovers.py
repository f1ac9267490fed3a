"""Leave out what Sphinx and its themes bring and no page of this site asks for.

Half of it is by weight, and some of it is not ours to pass on, such as the logos of
services that the book does not use.
"""

import shutil
from pathlib import Path

# Below the folder of what pages fetch.
UNASKED = (
    "images",  # logos for launch buttons
    "locales",  # translations of the theme, which are in the pages
    "*macros.html",
    "scripts/*.map",
    "styles/*.map",
    "scripts/fontawesome.js",  # lean.py takes the icons out of it
    "explorers/explorers.css",  # of all kinds; sheets.py makes one for each page
    "vendor/fontawesome/webfonts/*.ttf",  # styles.py cuts them
    "vendor/fontawesome/webfonts/*.woff2",
    "language_data.js",  # Sphinx's own search
    "searchtools.js",
    "translations.js",
)


def remove(static: Path) -> None:
    """Remove them from a site whose pages and style sheets are finished."""
    for pattern in UNASKED:
        for path in list(static.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
