"""Bulletins of 1,000 tables with combinations of rows not seen: chapter 09.

Three seeds. What writes the training sentences is what is imitated, a template the
rival. Two networks learn alike, one that copies cells and one that has to
spell them; the shipped network draws its words by chance as well. Each bulletin is
compared with one reference, a flawless one in another wording.
"""

import random
import time

from aigc_helpers import text, weights
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

N_TABLES, TABLE_SEED, REFERENCE_SEED = 1000, 1, 2
N_PAIRS = 60_000
TRAINING = {"steps": 1500, "batch_size": 64}
SIZES = {"dim": 64, "hidden": 160}
VARIANTS = {
    "generator": "写训练句子的程序",
    "flawless": "同一程序，不漏也不错",
    "exchanged": "参照句子，数字互换",
    "template": "一种句式的模板",
    "copying": "网络，抄表格",
    "spelling": "网络，不能抄",
    "sampling": "随书的网络，按概率抽词",
}
SHARES = ("precision", "recall", "word_precision")


def measure(variant: str, seed: int) -> dict[str, float | None]:
    """Let one variant tell the tables, and read what it says."""
    tables = text.held_out_tables(N_TABLES, TABLE_SEED)
    rng = random.Random(REFERENCE_SEED)
    references = ["".join(text.write_report(one, rng, flawless=True)) for one in tables]
    begun = time.process_time()
    network = trained(variant, seed) if variant in ("copying", "spelling") else None
    seconds = time.process_time() - begun if network else None
    if variant == "exchanged":
        texts = [text.exchange_numbers(reference) for reference in references]
    else:
        texts = ["".join(words) for words in written(variant, tables, network, seed)]
    counts = text.fact_counts(texts, tables)
    outside, n_skeletons = text.report_variety(texts, tables)
    figures = {name: round(text.fact_share(counts, name), 4) for name in SHARES}
    return figures | {
        "flawless": round(float(text.is_flawless(counts).double().mean()), 4),
        "outside": round(outside, 4),
        "skeletons": n_skeletons,
        "bleu": round(text.bleu(texts, references), 4),
        "cpu_seconds": None if seconds is None else round(seconds, 1),
    }


def written(variant: str, tables: list[dict], network, seed: int):
    """Bulletins of the tables, as words."""
    if network is not None:
        return text.report(network, tables, coding_of(variant))
    if variant == "sampling":
        shipped = weights.load("text_reporter")
        return text.sample_reports(shipped, tables, coding_of(variant), seed=seed)
    if variant == "template":
        return map(text.template_report, tables)
    rng, flawless = random.Random(seed + 100), variant == "flawless"
    return (text.write_report(table, rng, flawless=flawless) for table in tables)


def coding_of(variant: str) -> text.ReportCoding:
    """What a network reads and writes."""
    return text.spelling_coding() if variant == "spelling" else text.copying_coding()


def trained(variant: str, seed: int):
    """A network that learnt from flawed bulletins."""
    coding = coding_of(variant)
    pairs = text.ReportPairs(text.report_pairs(N_PAIRS, seed), coding)
    set_seed(seed)
    reporter = text.Reporter(
        len(coding.words), coding.n_values, **SIZES, copies=coding.copies
    )
    return text.train_reporter(reporter, pairs, seed=seed, **TRAINING)[0]


TABLE = Table(
    name="text_reports",
    measure=measure,
    variants=VARIANTS,
    columns={
        "precision": ("说出的事实，正确", ".2%"),
        "recall": ("该说的事实，说对", ".1%"),
        "word_precision": ("随数值变的词，正确", ".1%"),
        "flawless": ("毫无差错的预报", ".1%"),
        "outside": ("模板之外的二元组", ".0%"),
        "skeletons": ("不同的骨架", ".0f"),
        "bleu": ("BLEU", ".2f"),
        "cpu_seconds": ("训练的 CPU 秒", ".0f"),
    },
    seeds=(0, 1, 2),
    data=None,
    networks=("text_reporter",),
    times=("cpu_seconds",),
)
