"""How a retriever is trained: contrastively, on questions and on what passages say.

Three kinds of pairs pull a question's vector to its passage and away from all others:
training questions, the same with a word replaced by one that means the same, and
clauses that are taken out of their passage (the inverse cloze task of Lee, Chang and
Toutanova, 2019). The loss is InfoNCE (van den Oord, Li and Vinyals, 2018).
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from aigc_helpers.text.passages import Passage
from aigc_helpers.text.questions import Question
from aigc_helpers.text.ranking import asked, features, searchable
from aigc_helpers.text.retrieval import (
    Lexicon,
    Retriever,
    bucket,
    buckets,
    padded,
    read,
    synonyms,
)
from aigc_helpers.training import Run

CLAUSE = re.compile("[。；：（），]")
SHORTEST = 5  # characters of a clause that stands for a question
KEPT = 0.1  # share of clauses that stay in their passage
N_VARIANTS = 3  # of a question with a word replaced, at most
FORGOTTEN = {"passage": 0.3, "question": 0.3, "words": 0.2, "clause": 0.1}  # features
RESTRAINT = 0.05  # of the weights of features, towards 1


@dataclass(frozen=True)
class Examples:
    """Questions as tensors: B rows.

    Attributes
    ----------
    own : tensor (B, N)
        Rows of the table of vectors.
    words : tensor (B, M, 3)
        Of each feature that is compared: its row in the network's table, its kind and
        its row in the lexicon; 0 is padding.
    targets : tensor (B, P)
        1 over their number for the passages that answer.
    """

    own: torch.Tensor
    words: torch.Tensor
    targets: torch.Tensor

    def __getitem__(self, index) -> "Examples":
        return Examples(self.own[index], self.words[index], self.targets[index])

    def __len__(self) -> int:
        return len(self.own)


def examples(
    texts: Sequence[str], answers: Sequence[Sequence[int]], lexicon: Lexicon
) -> Examples:
    """Texts of questions and numbers of their passages as tensors."""
    readings = [read(text) for text in texts]
    columns = [
        padded([[bucket(f) for f in one.features] for one in readings]),
        padded([one.kinds for one in readings]),
        padded([[lexicon.row(f) for f in one.features] for one in readings]),
    ]
    targets = torch.zeros(len(texts), lexicon.bm25.n_texts)
    for row, numbers in zip(targets, answers, strict=True):
        row[list(numbers)] = 1 / len(numbers)
    own = padded([buckets(one.own) for one in readings])
    return Examples(own, torch.stack(columns, 2), targets)


def replaced(text: str, rng: random.Random) -> str:
    """A question with one word replaced by another that means the same."""
    lower, found = text.lower(), []
    for word in synonyms().found(text):
        if (place := lower.find(word)) >= 0:  # full-width forms are not replaced
            found.append((place, word))
    if not found:
        return text
    place, word = rng.choice(found)
    other = rng.choice(synonyms().others[word])
    return f"{text[:place]} {other} {text[place + len(word) :]}"


def with_variants(
    questions: Sequence[Question], numbers: dict[str, int], seed: int
) -> tuple[list[str], list[list[int]]]:
    """Texts, each question followed by its variants, and numbers of their passages."""
    rng, texts, answers = random.Random(seed), [], []
    for question in questions:
        variants = [replaced(question.text, rng) for _ in range(N_VARIANTS)]
        for text in dict.fromkeys([question.text, *variants]):
            texts.append(text)
            answers.append([numbers[key] for key in question.passages])
    return texts, answers


def clauses(passages: Sequence[Passage]) -> list[tuple[str, int]]:
    """Clauses of passages that can stand for a question, and whose they are."""
    return [
        (clause, i)
        for i, passage in enumerate(passages)
        for clause in CLAUSE.split(passage.text)
        if len(clause) >= SHORTEST and asked(clause)
    ]


def start(network: Retriever, passages: torch.Tensor, rng: torch.Generator) -> None:
    """Rows at random, the longer the rarer a feature is: texts that share much agree.

    Random directions in ``dim`` dimensions are nearly at right angles, so that the
    first cosines are about those of weighted bags of features.
    """
    table = network.embedding.weight
    counts = torch.bincount(passages.flatten(), minlength=len(table))
    n = len(passages)
    rare = torch.log(1 + (n - counts + 0.5).clamp(min=0.5) / (counts + 0.5))
    with torch.no_grad():
        rows = torch.randn(table.shape, generator=rng)  # (n_buckets, dim)
        table.copy_(0.1 * rows * (rare / rare.max())[:, None])
        table[0] = 0


def forget(found: torch.Tensor, share: float, rng: torch.Generator) -> torch.Tensor:
    """Rows (B, N) of features, a random share of them replaced by padding."""
    return found * (torch.rand(found.shape, generator=rng) >= share)


def lexical_scores(network: Retriever, lexicon: Lexicon, words: torch.Tensor):
    """Scores (B, P) by the words of questions (B, M, 3)."""
    weights = network.weigh(words[..., 0], words[..., 1])  # (B, M)
    tables = lexicon.tables[:, words[..., 2]]  # (3, B, M, P)
    return torch.einsum("k,bm,kbmp->bp", network.field.exp(), weights, tables)


def cross_entropy(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean over questions of -sum_d target(d) log softmax(scores)(d), in nats."""
    return -(targets * F.log_softmax(scores, 1)).sum(1).mean()


def question_losses(network, lexicon, vectors, batch: Examples, rng) -> dict:
    """Losses of questions: by vectors alone, and by words and vectors together."""
    own = forget(batch.own, FORGOTTEN["question"], rng)
    cosines = network(own) @ vectors.T  # (B, P)
    words = batch.words * (
        torch.rand(batch.words.shape[:2], generator=rng) >= FORGOTTEN["words"]
    ).unsqueeze(2)
    both = lexical_scores(network, lexicon, words) + network.cosine.exp() * cosines
    used = batch.words[..., 0]
    return {
        "vectors": cross_entropy(network.sharpness.exp() * cosines, batch.targets),
        "both": cross_entropy(both, batch.targets),
        "restraint": RESTRAINT * (network.term(used) ** 2).sum((1, 2)).mean(),
    }


def cloze_loss(network, passages, vectors, batch, rng) -> torch.Tensor:
    """Loss of clauses (B, N) of passages (B,) from which most have been taken out."""
    clause, whose = batch
    rows = passages[whose]  # (B, M)
    taken = (rows[:, :, None] == clause[:, None, :]).any(2)  # (B, M)
    taken &= torch.rand(len(clause), 1, generator=rng) >= KEPT
    rest = network(forget(rows * ~taken, FORGOTTEN["passage"], rng))
    asking = network(forget(clause, FORGOTTEN["clause"], rng))
    cosines = (asking @ vectors.T).scatter(
        1, whose[:, None], (asking * rest).sum(1, keepdim=True)
    )
    return F.cross_entropy(network.sharpness.exp() * cosines, whose)


def train_retriever(
    network: Retriever,
    passages: Sequence[Passage],
    questions: Sequence[Question],
    *,
    lr: float = 4e-3,
    n_clauses: int = 32,
    **options,
):
    """Train a retriever on questions and passages; return it averaged, and its history.

    Parameters
    ----------
    network : Retriever
    passages : sequence of Passage
        All that there are to choose from.
    questions : sequence of Question
        Each with one passage or more that answer it.
    lr : float
        Highest rate of the table and layers; weights of features learn at five times
        that.
    n_clauses : int
        Clauses in a step; 0 leaves the inverse cloze task out.
    options
        Of `training.Run`: ``steps``, ``batch_size`` (questions in a step), ``seed``,
        ``decay``, ``watch``, ``checkpoint``.

    Returns
    -------
    network : Retriever
        The averaged network. What it refuses is not fitted yet, see
        `answer_fitting.fit_answering`.
    history : History
        ``vectors``, ``both``, ``restraint`` and, with clauses, ``cloze``: nats.
    """
    numbers = {passage.key: i for i, passage in enumerate(passages)}
    options = {"decay": 0.99, **options}
    lexicon = Lexicon(passages)
    rows = padded([buckets(features(searchable(passage))) for passage in passages])
    texts, answers = with_variants(questions, numbers, options.get("seed", 0))
    known = examples(texts, answers, lexicon)
    cut = clauses(passages)
    asking = padded([buckets(asked(clause)) for clause, _ in cut])
    whose = torch.tensor([i for _, i in cut])
    quick = [network.term.weight, network.kind, network.field]
    slow = [p for p in network.parameters() if all(p is not q for q in quick)]
    optimizer = torch.optim.AdamW(slow, weight_decay=0.0)
    words = torch.optim.AdamW(quick, lr=5 * lr, weight_decay=0.0)
    run = Run(network, {"optimizer": optimizer, "words": words}, lr=lr, **options)
    start(network, rows, run.rng)
    for _ in run:
        vectors = network(forget(rows, FORGOTTEN["passage"], run.rng))  # (P, dim)
        chosen = torch.randint(len(known), (run.batch_size,), generator=run.rng)
        losses = question_losses(network, lexicon, vectors, known[chosen], run.rng)
        if n_clauses:
            taken = torch.randint(len(whose), (n_clauses,), generator=run.rng)
            batch = asking[taken], whose[taken]
            losses["cloze"] = cloze_loss(network, rows, vectors, batch, run.rng)

        for part in (optimizer, words):
            part.zero_grad()
        sum(losses.values()).backward()
        for part in (optimizer, words):
            part.step()
        run.record(**losses)
    return run.average, run.history
