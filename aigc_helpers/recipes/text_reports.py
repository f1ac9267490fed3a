"""The network of chapter 09 that tells tables."""

import torch

from aigc_helpers import metrics, text
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.text.report_network import LONGEST

N_PAIRS = 60_000  # tables and bulletins from which a reporter learns
N_TABLES = 1000  # held out, on which it is measured
TABLE_SEED = 1
FIRST_TABLE = {
    "城市": "杭州",
    "日期": "明天",
    "天气": "小雨",
    "最高气温": 14,
    "最低气温": 9,
    "前一天最高气温": 23,
    "风向": "东北",
    "风力": 5,
    "降水概率": 80,
    "湿度": 88,
    "空气质量指数": 42,
}
WARM_DAY = {"天气": "晴", "最高气温": 28, "最低气温": 17, "降水概率": 0, "湿度": 55}
PRESETS = [
    {"name": "降温的雨天", "table": FIRST_TABLE},
    {"name": "回暖的晴天", "table": FIRST_TABLE | WARM_DAY},
]

RECIPES = {
    "text_reporter": Recipe(
        "text",
        "Reporter",
        "看表写天气预报的网络",
        steps=8000,
        batch_size=64,
        arguments={
            "n_tokens": 87,
            "n_values": [1, 10, 11, 68, 68, 68, 8, 13, 101, 96, 300],
            "dim": 64,
            "hidden": 160,
        },
        data="60,000 tables and bulletins, made by aigc_helpers.text.report_pairs "
        "with omissions and errors",
        half=True,
    ),
}
FIGURES = {
    "fact_precision": "说出的事实里正确的比例",
    "fact_recall": "该说的事实里说对的比例",
    "word_precision": "随数值而变的词里正确的比例",
    "faithful_reports": "没有说错任何一格的预报的比例",
    "flawless_reports": "没有任何差错、也没有漏说的预报的比例",
    "bigrams_outside": "不见于固定模板的二元组的比例",
    "n_skeletons": "不同的句子骨架数",
}


def train_reporter(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train on tables and flawed bulletins; return average and history."""
    coding = text.copying_coding()
    pairs = text.ReportPairs(text.report_pairs(N_PAIRS, seed), coding)
    options = {"batch_size": recipe.batch_size, "seed": seed, **recipe.options}
    options |= {"steps": steps, "checkpoint": checkpoint}
    return text.train_reporter(text.Reporter(**recipe.arguments), pairs, **options)


def measure_reporter(reporter) -> dict:
    """Facts that it states and owes, over tables with combinations of rows not seen."""
    tables = text.held_out_tables(N_TABLES, TABLE_SEED)
    written = text.report(reporter, tables, text.copying_coding())
    texts = ["".join(words) for words in written]
    counts = text.fact_counts(texts, tables)
    stated, right = counts[:, :2].T  # (N,) each
    is_faithful = stated == right
    outside, n_skeletons = text.report_variety(texts, tables)
    return {
        **share_of_facts("fact_precision", counts, "precision"),
        **share_of_facts("fact_recall", counts, "recall"),
        **share_of_facts("word_precision", counts, "word_precision"),
        **judging.share_of("faithful_reports", is_faithful),
        **judging.share_of("flawless_reports", text.is_flawless(counts)),
        "bigrams_outside": round(outside, 4),
        "n_skeletons": n_skeletons,
    }


def share_of_facts(name: str, counts: torch.Tensor, share: str) -> dict:
    """A share of facts and its interval over tables, as a card holds them.

    Where it is 0 or 1 in all tables, each table is one case of Wilson's interval.
    """

    def statistic(counts):
        return text.fact_share(counts, share)

    value, n = statistic(counts), len(counts)
    if value in (0, 1):
        interval = metrics.wilson_interval(int(value) * n, n)
    else:
        interval = metrics.bootstrap_interval(
            statistic, counts, n_resamples=judging.N_RESAMPLES, bounds=(0, 1)
        )
    return judging.with_interval(name, value, interval, 4)


def reporter_facts(reporter) -> dict:
    """What the explorer of a reporter must know."""
    return {
        "kind": "attention",
        "fields": text.table_fields(),
        "target": list(text.copying_coding().words[1:]),
        "table": FIRST_TABLE,
        "presets": PRESETS,
        "max_length": LONGEST,
    }


SUBJECTS = {
    "text_reporter": Subject(train_reporter, measure_reporter, reporter_facts),
}
