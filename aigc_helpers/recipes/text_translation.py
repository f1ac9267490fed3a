"""The translator of chapter 09."""

from aigc_helpers import text
from aigc_helpers.recipes import judging
from aigc_helpers.recipes.recipe import Recipe, Subject
from aigc_helpers.text import numeral_pairs

N_SHORTER, N_LONGER = 520, 1000  # most numbers of each length that measure
WAYS = {
    "to_characters": numeral_pairs.TO_CHARACTERS,
    "to_digits": numeral_pairs.TO_DIGITS,
}

RECIPES = {
    "text_translator": Recipe(
        "text",
        "Translator",
        "数字与汉字互译的网络",
        steps=6000,
        batch_size=64,
        arguments={"n_tokens": 34, "attention": "location"},
        first={
            "text": "10500",
            "to": "汉",
            "token": 2,
            "presets": [
                {"name": "一连串的零", "text": "100000500", "to": "汉", "token": 2},
                {"name": "汉字译成数字", "text": "三万零二十", "to": "数", "token": 1},
                {"name": "日期", "text": "2026年11月27日", "to": "汉", "token": 5},
                {
                    "name": "比学过的长",
                    "text": "98765432109876",
                    "to": "汉",
                    "token": 4,
                },
                {"name": "长而多零", "text": "80000002000010", "to": "汉", "token": 2},
            ],
        },
        data="endless pairs by exact rules: whole numbers of up to 13 digits, and days "
        "of 1900 to 2099",
        half=True,
    ),
}
FIGURES = {
    "to_characters": "数译成汉字，整条正确（新的数，13 位以内）",
    "to_digits": "数译成数字，整条正确（新的数，13 位以内）",
    "dates_to_characters": "日期译成汉字，整条正确（新的日期）",
    "dates_to_digits": "日期译成数字，整条正确（新的日期）",
    **{
        f"{way}_{size}": f"{words}，整条正确（{size} 位，训练里没有这么长的数）"
        for way, words in (("to_characters", "数译成汉字"), ("to_digits", "数译成数字"))
        for size in (14, 15, 16)
    },
}


def train_translator(recipe: Recipe, steps: int, seed: int, checkpoint):
    """Train on endless pairs; return the averaged network with its history."""
    return text.train_translator(
        text.Translator(**recipe.arguments),
        steps=steps,
        batch_size=recipe.batch_size,
        seed=seed,
        checkpoint=checkpoint,
        **recipe.options,
    )


def measure_translator(network) -> dict:
    """Shares of whole targets that are right, on held-out numbers and dates."""
    longest = numeral_pairs.LONGEST
    shorter, longer = range(1, longest + 1), range(longest + 1, 17)
    numbers = [x for size in shorter for x in text.held_out_numbers(N_SHORTER, size)]
    days, figures = text.held_out_dates(), {}
    for name, to in WAYS.items():
        pairs = [text.pair_of(number, to) for number in numbers]
        figures |= judging.share_of(name, text.is_right(network, pairs))
        pairs = [text.pair_of(d, to, is_mixed=i % 2) for i, d in enumerate(days)]
        figures |= judging.share_of(f"dates_{name}", text.is_right(network, pairs))
        for size, right in text.right_by_length(network, to, longer, N_LONGER).items():
            figures |= judging.share_of(f"{name}_{size}", right)
    return figures


def translator_facts(network) -> dict:
    """What the explorer of the translator must know."""
    return {
        "kind": "attention",
        "source": numeral_pairs.CHARACTERS[1:],
        "target": numeral_pairs.CHARACTERS[1:],
        "directions": "".join(numeral_pairs.DIRECTIONS),
        "rules": "numerals",
        "learnt": numeral_pairs.LONGEST,
    }


SUBJECTS = {
    "text_translator": Subject(train_translator, measure_translator, translator_facts),
}
