"""The reader's page tells what the program does."""

import re
from pathlib import Path

from aigc_helpers.data.catalog import find_dataset
from aigc_helpers.data.sets.spoken_digits_files import REVISION
from aigc_helpers.environment import OFF, ON, SWITCHES

ROOT = Path(__file__).parents[2]
HOWTO = (ROOT / "book" / "howto.md").read_text("utf-8")


def test_sizes_of_downloads_are_those_of_the_catalogue():
    mnist, tang, plays = map(find_dataset, ("mnist", "tang", "shakespeare"))
    assert len(mnist.files) == 4 and f"四个文件（共 {mnist.size_text}）" in HOWTO
    assert f"《全唐诗》（{len(tang.files)} 个文件，{tang.size_text}）" in HOWTO
    assert f"莎士比亚的剧本（{plays.size_text}）" in HOWTO
    assert all(f"`{file.name}`" in HOWTO for file in mnist.files)


def test_the_recordings_are_counted_and_go_where_they_are_looked_for():
    digits = find_dataset("spoken_digits")
    n_files = sum(len(group.members) for group in digits.files)
    assert f"{digits.title}，{n_files:,} 个小文件，{digits.size_text}）" in HOWTO
    assert f"free-spoken-digit-dataset/archive/{REVISION}.zip`" in HOWTO
    [place] = {group.folder for group in digits.files}
    assert f"镜像上的位置也是 `{place}`" in HOWTO
    outer, inner = place.split("/")
    assert f"把里面的 `{inner}` 文件夹放进数据目录下的 `{outer}` 文件夹" in HOWTO


def test_switches_and_how_they_are_written_are_told():
    assert all(f"\n`{name}=" in HOWTO for name in SWITCHES if name != "AIGC_DEBUG")
    for values in (ON, OFF):
        assert "、".join(f"`{value}`" for value in values) in HOWTO


def test_targets_of_make_exist_and_variables_are_read():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    pages = [HOWTO, (ROOT / "book" / "publishing.md").read_text("utf-8")]
    told = re.findall(r"(?:^|`)make (\w+)([^`#\n]*)", "\n".join(pages), re.M)
    assert len(told) > 10
    for target, rest in told:
        assert re.search(rf"^{target}:", makefile, re.M), target
        for name in re.findall(r"(\w+)=", rest):
            assert f"$({name})" in makefile, name
