"""Language models of any network: how they are trained and judged for their cards."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from aigc_helpers import metrics, weights
from aigc_helpers.data.vocabulary import BOUNDARY, Vocabulary
from aigc_helpers.language import corpora, evaluation, sampling, training
from aigc_helpers.language.corpora import Corpus
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe

N_SAMPLES = 1000
N_RUNS = 200  # poems whose copied runs are looked up
LONGEST_LINE = 100  # characters after which a line is cut off
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
    text = sampling.sample_text(
        network,
        vocabulary,
        start + explorer["prompt"],
        length=LONGEST_LINE if is_of_lines else explorer["length"],
        seed=seed % (sampling.MAX_SEED + 1),
        temperature=explorer.get("temperature", 1.0),
    ).removeprefix(start)
    line = text.partition(vocabulary[network.line_end])[0] if is_of_lines else text
    return line.lstrip("".join(corpora.MARKS.values()))


def train_model(corpus: Corpus, recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train a language model by its recipe; return it with its history.

    Raises
    ------
    ValueError
        If the corpus has another number of characters than the recipe's network.
    """
    n_tokens = recipe.arguments["n_tokens"]
    if len(corpus.vocabulary) != n_tokens:
        raise ValueError(
            f"the texts have {len(corpus.vocabulary)} characters, the recipe's network "
            f"knows {n_tokens}: another version of the texts; change n_tokens"
        )
    options = {"batch_size": recipe.batch_size, "seed": seed, **recipe.options}
    options |= {"steps": steps, "checkpoint": checkpoint}
    model = weights.build(recipe.instructions)
    if model.line_end is None:
        stream = corpora.as_stream(corpus.train, corpus.vocabulary)
        return training.train_stream(model, stream, **options)
    lines = corpora.as_lines(corpus.train, corpus.vocabulary)
    return training.train_lines(model, lines, **options)


def likelihoods(network, corpus: Corpus) -> dict:
    """Bits a character on the test texts, of the network and of n-grams."""
    figures = evaluation.likelihoods(
        network, corpus, n_resamples=judging.N_RESAMPLES
    ).items()
    return {
        key: value
        for name, (bits, interval) in figures
        for key, value in judging.with_interval(name, bits, interval, 3).items()
    }


def judge_idioms(network, corpus: Corpus) -> dict:
    """How many samples are of four characters, and how many are training idioms."""
    lines = sampling.sample_lines(network, [[]] * N_SAMPLES, max_length=20)
    texts = [corpus.vocabulary.decode(line) for line in lines]
    training_texts = frozenset(corpus.train)
    return {
        **share("form_kept", [metrics.form_kept(text, "idiom") for text in texts]),
        **share("copied_share", [text in training_texts for text in texts]),
    }


def judge_poems(network, corpus: Corpus) -> dict:
    """Form of samples, half of each kind; lines and runs that stand in training."""
    texts, forms = sample_poems(network, corpus.vocabulary)
    kept = [
        metrics.form_kept(text, form) for text, form in zip(texts, forms, strict=True)
    ]
    training_lines = frozenset(
        line for poem in corpus.train for line in corpora.lines_of(poem)
    )
    copied = [
        line in training_lines for text in texts for line in corpora.lines_of(text)
    ]
    held_out = [poem[1:] for poem in corpus.test[:N_RUNS]]
    return {
        **share("form_kept", kept),
        **share("copied_line_share", copied),
        **copied_runs(texts[:N_RUNS], held_out, corpus.train),
    }


def sample_poems(network, vocabulary: Vocabulary):
    """N_SAMPLES poems without their marks, and the forms that were asked for."""
    forms = [list(corpora.MARKS)[i % 2] for i in range(N_SAMPLES)]
    starts = [vocabulary.encode(corpora.MARKS[form]) for form in forms]
    lines = sampling.sample_lines(network, starts, max_length=60)
    return [vocabulary.decode(line[1:]) for line in lines], forms


def judge_python(network, corpus: Corpus, *, n: int = 20, length: int = 300) -> dict:
    """Runs of samples that stand in training, against as many pieces of test files."""
    rows = sampling.sample_streams(network, n, length)
    source = BOUNDARY.join(corpus.test)
    step = len(source) // n
    held_out = [source[i * step : i * step + length] for i in range(n)]
    return copied_runs(map(corpus.vocabulary.decode, rows), held_out, corpus.train)


def copied_runs(texts, held_out, train) -> dict:
    """Mean longest run that stands in training, of samples and of held-out texts."""
    training_text, figures = metrics.TrainingText(train), {}
    for name, those in (("copied_run", texts), ("copied_run_held_out", held_out)):
        runs = evaluation.run_lengths(those, training_text)
        figures |= judging.mean_of(name, runs, 2)
        figures[f"{name}_longest"] = int(runs.max())
    return figures


def share(name: str, right: list[bool]) -> dict:
    """A share and its interval, as a card holds them."""
    return judging.share_of(name, torch.tensor(right))
