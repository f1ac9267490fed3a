"""The hash of a function's code: what changes it, and what does not."""

import pytest

from aigc_helpers.tables.dependencies import Definition, code_hash, reached

SAME_EVERYWHERE = "98be5577007732378ac5343caa4f957a7691cc3a57daf06a67b7b5149583b99a"
FILES = {
    "__init__.py": '__version__ = "1"\n',
    "table.py": """
        '''Module.'''
        from book import net, base as b
        from book.lazy import load
        N = 3
        OTHER = 4

        def measure(seed):
            '''Docstring.'''
            # a comment
            from book.late import late
            return net.train(N) + b.LIMIT + load(seed) + late() + helper()

        def helper(*names, key: int | None = None, **rest) -> str:
            label = f"{N:>{N + 1}} 'and' {names!r}" "text"
            return passed_on() if key is None else label

        from book.base import passed_on

        def unused():
            return OTHER
    """,
    "net.py": """
        from book.layers import Layer
        class Net(Layer):
            def forward(self, x):
                return x
        def train(n):
            return Net().forward(n)
        def unused():
            return 1
    """,
    "layers.py": "class Layer:\n    '''Doc.'''\n    size = 1\n",
    "base.py": "from book.origin import passed_on\nLIMIT = 7\nUNUSED = 8\n",
    "origin.py": "def passed_on():\n    return 5\n",
    "late.py": "def late():\n    return 6\n",
    "lazy/__init__.py": "def __getattr__(name):\n    return name\n",
    "lazy/part.py": "def load(seed):\n    return seed\ndef unused():\n    return 0\n",
}


@pytest.fixture
def hash_with(tmp_path):
    """Hash of ``measure`` in a small package, after a text of a file was replaced."""

    def compute(file=None, old="", new="", moves=()):
        folder = tmp_path / str(len(list(tmp_path.iterdir()))) / "book"
        for name, text in FILES.items():
            text = "\n".join(line.removeprefix(" " * 8) for line in text.splitlines())
            if name == file:
                assert old in text
                text = text.replace(old, new)
            for place, other in moves:
                name = name.replace(*place)
                text = text.replace(*other)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text + "\n", encoding="utf-8")
        return code_hash("book.table", "measure", package=folder)

    return compute


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("table.py", "seed) +", "seed) -"),
        ("table.py", "N = 3", "N = 4"),
        ("table.py", "return passed_on()", "return passed_on() + 1"),
        ("net.py", "Net().forward(n)", "Net().forward(-n)"),
        ("net.py", "return x", "return -x"),
        ("net.py", "n):\n    return Net", "n, m=1):\n    return Net"),
        ("layers.py", "size = 1", "size = 2"),
        ("base.py", "LIMIT = 7", "LIMIT = 9"),
        ("origin.py", "5", "6"),
        ("late.py", "6", "7"),
        ("lazy/part.py", "return seed", "return 2 * seed"),
    ],
)
def test_a_changed_body_changes_the_hash(hash_with, file, old, new):
    assert hash_with() != hash_with(file, old, new)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("table.py", "Docstring.", "Another docstring."),
        ("table.py", "# a comment", "# another"),
        ("table.py", "'''Docstring.'''", ""),
        ("table.py", "N = 3", "N  =  (\n    3\n)"),
        ("layers.py", "Doc.", "Another."),
        ("table.py", "OTHER = 4", "OTHER = 5"),
        ("net.py", "return 1", "return 2"),
        ("base.py", "UNUSED = 8", "UNUSED = 9"),
        ("lazy/part.py", "return 0", "return 1"),
        ("table.py", "from book import net,", "from book import layers, net,"),
    ],
)
def test_comments_format_and_code_that_is_not_reached_do_not(hash_with, file, old, new):
    assert hash_with() == hash_with(file, old, new)


@pytest.mark.parametrize(
    ("file", "module"),
    [
        (("net.py", "web.py"), ("import net", "import web as net")),
        (("late.py", "deep/late.py"), ("book.late", "book.deep.late")),
        (("origin.py", "early.py"), ("book.origin", "book.early")),
        (("lazy/part.py", "lazy/half.py"), ("", "")),
    ],
)
def test_a_module_that_moves_does_not(hash_with, file, module):
    assert hash_with() == hash_with(moves=[(file, module)])


def test_a_module_that_is_renamed_where_it_is_used_does_not(hash_with):
    renamed = hash_with(
        "table.py",
        "net.train",
        "web.train",
        moves=[
            (("net.py", "web.py"), ("import net,", "import web,")),
        ],
    )
    assert hash_with() == renamed


def test_an_import_that_does_not_exist_is_an_error(hash_with):
    with pytest.raises(ValueError, match="book.base does not define absent"):
        hash_with("table.py", "import passed_on", "import absent as passed_on")


def test_an_import_that_cannot_be_followed_is_an_error(hash_with):
    with pytest.raises(ValueError, match="import book.net.*cannot be followed"):
        hash_with("table.py", "N = 3", "import book.net\nN = 3")


def test_other_texts_count():
    start = ("aigc_helpers.gan", "discriminator_loss")
    assert code_hash(*start) != code_hash(*start, "weights")


def test_the_real_package_is_followed_through_its_lazy_rooms():
    found = reached(Definition("aigc_helpers.tables.gan_seeds", "measure"))
    for module, name in [
        ("gan", "train_gan"),
        ("gan", "ConditionalDiscriminator"),
        ("training.run", "MovingAverage"),
        ("runtime", "bf16_is_native"),
        ("data.images", "load_images"),
        ("data.catalog", "find_dataset"),
    ]:
        assert Definition(f"aigc_helpers.{module}", name) in found
    assert any(definition.name == "symmetric_root" for definition in found)
    assert not any(definition.name == "principal_directions" for definition in found)


def test_a_data_set_is_followed_to_its_reader():
    found = reached(Definition("aigc_helpers.data.sets.mnist", "DATASET"))
    assert Definition("aigc_helpers.data.idx", "read_idx") in found
    assert not any("fashion" in definition.module for definition in found)


def test_every_python_gives_the_same_hash(hash_with):
    """Of the small package, written down once; syntax trees differ between Pythons."""
    assert hash_with() == SAME_EVERYWHERE
