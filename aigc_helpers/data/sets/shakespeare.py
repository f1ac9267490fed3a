"""Plays of Shakespeare."""

from aigc_helpers.data.catalog import TextData, files_at
from aigc_helpers.data.download import fetch
from aigc_helpers.data.splitting import Parts


def read(root=None) -> Parts:
    """Tiny Shakespeare: the first nine tenths, and the last, as everybody divides it.

    Raises
    ------
    DatasetUnavailable
        If the file is neither here nor to be had.
    """
    text = fetch("shakespeare", "input.txt", root=root).read_text("utf-8")
    cut = int(0.9 * len(text))
    return (text[:cut],), (text[cut:],)


DATASET = TextData(
    name="shakespeare",
    title="Tiny Shakespeare",
    part="莎士比亚剧本（Tiny Shakespeare）",
    files=files_at(
        (
            "https://raw.githubusercontent.com/karpathy/char-rnn/"
            "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/",
            "https://cdn.jsdelivr.net/gh/karpathy/char-rnn@"
            "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/",
        ),
        {
            "input.txt": (
                1_115_394,
                "sha256:"
                "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            ),
        },
    ),
    licence="public domain (the plays)",
    credit="W. Shakespeare; compiled by A. Karpathy",
    read=read,
    stand_in="python",
    unit="段",
)
