"""The network of chapter 09 that finds the passages that answer a question."""

from functools import cache

from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.text import answer_evaluation, answer_fitting, answering, retrieval
from aigc_helpers.text import retriever_training as training
from aigc_helpers.text.answer_evaluation import Figure
from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.questions import held_out_questions, training_questions

FIRST = {
    "question": "什么是模式崩溃？",
    "strangers": [
        {
            "name": "模式崩溃是好事",
            "of": "05_gan/gan-054/1",
            "text": "模式崩溃（mode collapse）是说生成器已经画得足够好，每个数字都一样"
            "清楚。遇到模式崩溃，训练就成功了，可以停下来。",
        },
        {
            "name": "张量的三样属性",
            "of": "00_primer/primer-004/1",
            "text": "张量有三样属性要随时留意：颜色、作者、出版日期。三样里只要错一样，"
            "就会报错。",
        },
    ],
    "presets": [
        {"name": "直接的", "question": "什么是模式崩溃？"},
        {"name": "换个说法的", "question": "LSTM 和 GRU 有什么不同？"},
        {
            "name": "要两段的",
            "question": "困惑度为什么换了词表就不能比，那每字符比特数少 0.1 又相当于"
            "概率高多少？",
        },
        {"name": "书里没有的", "question": "ChatGPT 一个月要多少钱？"},
        {
            "name": "混进假段落",
            "question": "什么是模式崩溃？",
            "planted": True,
            "which": 0,
        },
    ],
}
RECIPES = {
    "text_retriever": Recipe(
        "text",
        "Retriever",
        "找段落的网络",
        steps=400,
        batch_size=64,
        arguments={"n_buckets": 8192, "dim": 64, "hidden": 64},
        options={"lr": 4e-3},
        data="320 passages of this book; 959 questions with an answer, 268 without, 80 "
        "that need two passages, and pairs of synonyms, written for this book",
        first=FIRST,
        half=True,
    ),
}
FIGURES = {  # of held-out questions
    "recall_1": "答案在第一段的比例",
    "bm25_recall_1": "BM25：答案在第一段的比例",
    "recall_gain": "比 BM25 高出的比例",
    "false_refusals": "答得了却拒绝的比例",
    "refusals": "答不了而拒绝的比例",
    "both_in_5": "要两段的问题：两段都在前五",
    "bm25_both_in_5": "BM25：要两段的问题，两段都在前五",
    "both_cited": "要两段的问题：恰好引用这两段",
    "needless": "一段就够的问题：多引了一段",
    "false_first": "假段落排在第一",
    "believed": "不核对时，把假段落当作书里的",
    "asserted": "把假段落当作书里的",
    "named": "指出假段落不是书里的",
    "true_cited": "有假段落时，引用了真的那段",
}


def train_retriever(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train on all questions; what it refuses is fitted out of fold."""
    passages, questions = load_passages(), training_questions()
    options = {"steps": steps, "batch_size": recipe.batch_size, "seed": seed}
    options |= recipe.options
    network, history = training.train_retriever(
        retrieval.Retriever(**recipe.arguments),
        passages,
        questions.answerable,
        checkpoint=checkpoint,
        **options,
    )
    answer_fitting.fit_doubt(network, questions)
    answer_fitting.fit_answering(network, told_out_of_fold(steps, seed))
    return network, history


@cache
def told_out_of_fold(steps: int, seed: int) -> dict:
    """What networks of this recipe tell of questions that did not train them."""
    recipe = RECIPES["text_retriever"]
    return answer_fitting.out_of_fold(
        recipe.arguments,
        load_passages(),
        training_questions(),
        **{"steps": steps, "batch_size": recipe.batch_size, "seed": seed},
        **recipe.options,
    )


def measure_held_out(network) -> dict:
    """All figures, of questions that nothing was trained or fitted on."""
    passages, questions = load_passages(), held_out_questions()
    answerer = answering.Answerer(passages, network)
    index, single = answerer.index, questions.answerable
    refusals = answer_evaluation.evaluate_refusals(
        answerer, single, questions.unanswerable
    )
    two = answer_evaluation.evaluate_two(answerer, questions.two, single)
    false = answer_evaluation.evaluate_false(network, passages, questions.false_passage)
    others = {**refusals, **two, **false}
    results = _ranking(answer_evaluation.evaluate_ranking(index, single))
    for name in FIGURES:
        if name in others:
            results |= _shown(name, others[name])
    return results


def _ranking(found: dict[str, dict[str, Figure]]) -> dict:
    return {
        **_shown("recall_1", found["both"]["recall_1"]),
        **_shown("bm25_recall_1", found["bm25"]["recall_1"]),
        **_shown("recall_gain", found["both"]["gain"]),
    }


def _shown(name: str, figure: Figure) -> dict:
    ends = figure.low, figure.high
    return judging.with_interval(name, figure.value, ends, 4)


def shown(network) -> dict:
    """What the explorer of the retriever must know."""
    return {"kind": "question", "decoder": "ShownAnswers"}


SUBJECTS = {"text_retriever": Subject(train_retriever, measure_held_out, shown)}
