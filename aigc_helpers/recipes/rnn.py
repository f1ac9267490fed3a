"""The language models of chapter 07: idioms, quatrains of the Tang, Python source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from aigc_helpers import metrics, rnn
from aigc_helpers.data.text import load_texts
from aigc_helpers.data.vocabulary import BOUNDARY, UNKNOWN, Vocabulary
from aigc_helpers.language import ngram
from aigc_helpers.language.sampling import MAX_SEED, sample_text
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe

MARKS = {"wujue": "⑤", "qijue": "⑦"}  # the first character of a poem tells its form
N_SAMPLES = 1000
N_RUNS = 200  # poems whose copied runs are looked up
BLOCK = 2000  # characters of source code that an interval takes as one
ORDERS = (2, 3, 4)
LONGEST_LINE = 100  # characters after which a line is cut off

RECIPES = {
    "rnn_idioms": Recipe(
        "rnn",
        "RecurrentLM",
        "成语生成器",
        steps=400,
        batch_size=256,
        arguments={
            "n_tokens": 2919,
            "dim": 128,
            "hidden": 192,
            "tied": True,
            "dropout": 0.3,
            "n_positions": 5,
            "line_end": 0,
        },
        options={"lr": 6e-3},
        first={"prompt": "", "length": 40},
        data="18,061 idioms of jieba's dictionary (Sun Junyi, MIT)",
        half=True,
    ),
    "rnn_poems": Recipe(
        "rnn",
        "RecurrentLM",
        "绝句生成器",
        steps=1500,
        batch_size=64,
        arguments={
            "n_tokens": 4114,
            "dim": 128,
            "hidden": 320,
            "tied": True,
            "dropout": 0.4,
            "n_positions": 34,
            "line_end": 0,
        },
        options={"lr": 5e-3, "weight_decay": 0.05},
        first={"prompt": "⑤", "length": 24},
        data="quatrains of the Complete Tang Poems (chinese-poetry, MIT), all of whose "
        "characters come twice or more, in simplified characters",
        half=True,
    ),
    "rnn_python": Recipe(
        "rnn",
        "RecurrentLM",
        "Python 代码生成器",
        steps=1800,
        batch_size=32,
        arguments={"n_tokens": 97, "dim": 64, "hidden": 384},
        options={"lr": 8e-3, "length": 64},
        first={"prompt": "def ", "length": 400, "temperature": 0.7, "monospace": True},
        data="top-level modules of Python 3.11's standard library (PSF-2.0)",
        half=True,
    ),
}
FIGURES = {
    "bits_per_character": "每个字符的比特数（测试文本）",
    "bits_2_gram": "同样文本上二元模型的比特数",
    "bits_3_gram": "同样文本上三元模型的比特数",
    "bits_4_gram": "同样文本上四元模型的比特数",
    "form_kept": "格式正确的比例",
    "copied_share": "与训练文本整条相同的比例",
    "copied_line_share": "整句见于训练文本的比例",
    "copied_run": "见于训练文本的最长片段，平均字符数",
    "copied_run_longest": "其中最长的一段",
    "copied_run_held_out": "对照：测试文本的最长片段，平均字符数",
    "copied_run_held_out_longest": "对照中最长的一段",
}


@dataclass(frozen=True)
class Corpus:
    """Texts as a network reads them, and the characters it knows."""

    train: tuple[str, ...]
    test: tuple[str, ...]
    vocabulary: Vocabulary


def idioms() -> Corpus:
    """All idioms; a character that no training idiom has becomes □."""
    texts = load_texts("idioms")
    return Corpus(texts.train, texts.test, Vocabulary.of(texts.train))


def poems() -> Corpus:
    """Quatrains with their mark in front, of characters that come twice or more.

    Others are left out, in training and in test: a poem with gaps is no poem.
    """
    texts = load_texts("tang")
    known = Vocabulary.of(texts.train, min_count=2)
    train, test = (
        tuple(marked(poem) for poem in part if all(c in known for c in poem))
        for part in (texts.train, texts.test)
    )
    characters = [c for c in known if c not in (BOUNDARY, UNKNOWN)]
    return Corpus(train, test, Vocabulary([BOUNDARY, *MARKS.values(), *characters]))


def python_source() -> Corpus:
    """Whole files; all but the printable characters of ASCII become □."""
    texts = load_texts("python")
    vocabulary = Vocabulary([BOUNDARY, UNKNOWN, *map(chr, range(32, 127))])
    return Corpus(texts.train, texts.test, vocabulary)


def form_of(poem: str) -> str:
    """Name of the form, "wujue" or "qijue", by the place of the first comma."""
    return {5: "wujue", 7: "qijue"}[poem.index("，")]


def marked(poem: str) -> str:
    """The poem with the mark of its form in front."""
    return MARKS[form_of(poem)] + poem


def as_lines(texts: Sequence[str], vocabulary: Vocabulary) -> list:
    """Each text as int64 tokens between two boundaries."""
    return [torch.tensor([0, *vocabulary.encode(text), 0]) for text in texts]


def as_stream(texts: Sequence[str], vocabulary: Vocabulary):
    """All texts as one, a boundary before, between and behind: int64 (N,)."""
    text = BOUNDARY.join(["", *texts, ""])
    return torch.tensor(vocabulary.encode(text))


# ---- training -----------------------------------------------------------------------


@dataclass(frozen=True)
class CorpusSubject:
    """A `Subject` of recipes on one corpus.

    Attributes
    ----------
    load : callable
        Gives the corpus; it is read when it is needed, not at import.
    judge : callable
        ``judge(network, corpus)`` gives the metrics of samples.
    """

    load: Callable[[], Corpus]
    judge: Callable
    tensors: None = None
    makes: str = "texts"
    networks: tuple = ()

    def train(self, recipe: Recipe, steps: int, seed: int, checkpoint):
        """Network and history, see `train_model`."""
        return train_model(self.load(), recipe, steps, seed, checkpoint)

    def measure(self, network) -> dict:
        """Bits on test texts, then what samples are like."""
        corpus = self.load()
        return {**likelihoods(network, corpus), **self.judge(network, corpus)}

    def explorer(self, network) -> dict:
        """What the sampler must know."""
        characters = "".join(self.load().vocabulary)
        return {"kind": "sampler", "vocabulary": characters, "start": BOUNDARY}

    def sample(self, network, n: int, seed: int, *, explorer: dict) -> list[str]:
        """Texts that the explorer draws with the seeds from ``seed`` on."""
        return [sample_one(network, explorer, seed + i) for i in range(n)]


def sample_one(network, explorer: dict, seed: int) -> str:
    """A text as the card's explorer begins it: a line to its end, else of its length.

    The mark of a poem's form is left out.
    """
    start, vocabulary = explorer["start"], explorer["vocabulary"]
    is_of_lines = network.line_end is not None
    text = sample_text(
        network,
        vocabulary,
        start + explorer["prompt"],
        length=LONGEST_LINE if is_of_lines else explorer["length"],
        seed=seed % (MAX_SEED + 1),
        temperature=explorer.get("temperature", 1.0),
    ).removeprefix(start)
    line = text.partition(vocabulary[network.line_end])[0] if is_of_lines else text
    return line.lstrip("".join(MARKS.values()))


def train_model(corpus: Corpus, recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train a language model by its recipe; return it with its history.

    Raises
    ------
    ValueError
        If the corpus has another number of characters than the recipe's network.
    """
    wanted = recipe.arguments["n_tokens"]
    if len(corpus.vocabulary) != wanted:
        raise ValueError(
            f"the texts have {len(corpus.vocabulary)} characters, the recipe's network "
            f"knows {wanted}: another version of the texts; change n_tokens"
        )
    model = rnn.RecurrentLM(**recipe.arguments)
    is_of_lines = model.line_end is not None
    train = rnn.train_lines if is_of_lines else rnn.train_stream
    data = (as_lines if is_of_lines else as_stream)(corpus.train, corpus.vocabulary)
    return train(
        model,
        data,
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
        **recipe.options,
    )


# ---- measuring ----------------------------------------------------------------------


def likelihoods(network, corpus: Corpus) -> dict:
    """Bits a character on the test texts, of the network and of n-grams."""
    own = network_bits(network, corpus)
    found = bits_of("bits_per_character", *own)
    for order in ORDERS:
        model = ngram.fit_ngram(corpus.train, order, vocabulary=corpus.vocabulary)
        bits = -torch.tensor(_concatenated(model.log2_probabilities(corpus.test)))
        found |= bits_of(f"bits_{order}_gram", *blocks_of(bits, own[1]))
    return found


def _concatenated(parts) -> list[float]:
    return [value for part in parts for value in part.tolist()]


def network_bits(network, corpus: Corpus):
    """Bits and number of predicted characters of each text, or block of source code."""
    if network.line_end is not None:
        return rnn.line_bits(network, as_lines(corpus.test, corpus.vocabulary))
    bits = rnn.token_bits(network, as_stream(corpus.test, corpus.vocabulary))
    counts = torch.tensor([len(block) for block in bits.split(BLOCK)])
    return blocks_of(bits, counts)


def blocks_of(bits, counts):
    """Sums of the bits (N,) over blocks of so many characters each, and the counts."""
    return torch.stack([part.sum() for part in bits.split(counts.tolist())]), counts


def bits_of(name: str, bits, counts) -> dict:
    """Bits a character and its interval, the blocks drawn anew."""

    def mean(rows):
        return rows[:, 0].sum() / rows[:, 1].sum()

    rows = torch.stack([bits, counts.double()], dim=1)
    interval = metrics.bootstrap_interval(mean, rows, n_resamples=judging.N_RESAMPLES)
    return judging.with_interval(name, float(mean(rows)), interval, 3)


def judge_idioms(network, corpus: Corpus) -> dict:
    """How many samples are of four characters, and how many are training idioms."""
    drawn = rnn.sample_lines(network, [[]] * N_SAMPLES, max_length=20)
    texts = [corpus.vocabulary.decode(line) for line in drawn]
    known = frozenset(corpus.train)
    return {
        **share("form_kept", [metrics.form_kept(text, "idiom") for text in texts]),
        **share("copied_share", [text in known for text in texts]),
    }


def judge_poems(network, corpus: Corpus) -> dict:
    """Form of samples, half of each kind; lines and runs that stand in training."""
    texts, forms = sample_poems(network, corpus.vocabulary)
    kept = [
        metrics.form_kept(text, form) for text, form in zip(texts, forms, strict=True)
    ]
    known = frozenset(line for poem in corpus.train for line in lines_of(poem))
    lines = [line in known for text in texts for line in lines_of(text)]
    held_out = [poem[1:] for poem in corpus.test[:N_RUNS]]
    return {
        **share("form_kept", kept),
        **share("copied_line_share", lines),
        **copied_runs(texts[:N_RUNS], held_out, corpus.train),
    }


def sample_poems(network, vocabulary: Vocabulary):
    """N_SAMPLES poems without their marks, and the forms that were asked for."""
    forms = [list(MARKS)[i % 2] for i in range(N_SAMPLES)]
    starts = [vocabulary.encode(MARKS[form]) for form in forms]
    drawn = rnn.sample_lines(network, starts, max_length=60)
    return [vocabulary.decode(line[1:]) for line in drawn], forms


def lines_of(poem: str) -> list[str]:
    """The lines of a poem, without mark and punctuation."""
    plain = poem.strip("".join(MARKS.values())).replace("。", "，")
    return [line for line in plain.split("，") if line]


def judge_python(network, corpus: Corpus, *, n: int = 20, length: int = 300) -> dict:
    """Runs of samples that stand in training, against as many pieces of test files."""
    texts = sample_stream(network, corpus.vocabulary, n, length)
    source = BOUNDARY.join(corpus.test)
    step = len(source) // n
    held_out = [source[i * step : i * step + length] for i in range(n)]
    return copied_runs(texts, held_out, corpus.train)


def sample_stream(network, vocabulary: Vocabulary, n: int, length: int) -> list[str]:
    """Texts of a network without lines, n of them, each from an empty state."""
    rng = torch.Generator().manual_seed(0)
    state, token = network.initial_state(n), torch.zeros(n, dtype=torch.int64)
    columns = []
    with torch.no_grad():
        for _ in range(length):
            logits, state = network.step(token, state)
            token = torch.multinomial(logits.softmax(dim=1), 1, generator=rng)[:, 0]
            columns.append(token)
    return [vocabulary.decode(row) for row in torch.stack(columns, dim=1).tolist()]


def copied_runs(texts, held_out, train) -> dict:
    """Mean longest run that stands in training, of samples and of held-out texts."""
    training = metrics.TrainingText(train)
    found = {}
    for name, those in (("copied_run", texts), ("copied_run_held_out", held_out)):
        runs = torch.tensor([float(len(training.longest_copied_run(t))) for t in those])
        found |= judging.mean_of(name, runs, 2)
        found[f"{name}_longest"] = int(runs.max())
    return found


def share(name: str, right: list[bool]) -> dict:
    """A share and its interval, as a card holds them."""
    return judging.share_of(name, torch.tensor(right))


SUBJECTS = {
    "rnn_idioms": CorpusSubject(idioms, judge_idioms),
    "rnn_poems": CorpusSubject(poems, judge_poems),
    "rnn_python": CorpusSubject(python_source, judge_python),
}
