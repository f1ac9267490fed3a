"""The networks of chapter 07: idioms, quatrains of the Tang, Python source."""

from aigc_helpers.language.corpora import idioms, poems, python_source
from aigc_helpers.recipes.language import (
    CorpusSubject,
    judge_idioms,
    judge_poems,
    judge_python,
)
from aigc_helpers.recipes.recipe import Recipe

RECIPES = {
    "rnn_idioms": Recipe(
        "rnn",
        "LineLM",
        "成语生成器",
        steps=400,
        batch_size=256,
        arguments={
            "n_tokens": 2919,
            "dim": 128,
            "hidden": 192,
            "dropout": 0.3,
            "n_positions": 5,
        },
        options={"lr": 6e-3},
        first={"prompt": "", "length": 40},
        data="18,061 idioms of jieba's dictionary (Sun Junyi, MIT)",
        half=True,
    ),
    "rnn_poems": Recipe(
        "rnn",
        "LineLM",
        "绝句生成器",
        steps=1500,
        batch_size=64,
        arguments={
            "n_tokens": 4114,
            "dim": 128,
            "hidden": 320,
            "dropout": 0.4,
            "n_positions": 34,
        },
        options={"lr": 5e-3, "weight_decay": 0.05},
        first={"prompt": "⑤", "length": 24, "verse": "，。"},
        data="quatrains of the Complete Tang Poems (chinese-poetry, MIT), all of whose "
        "characters come twice or more, in simplified characters",
        half=True,
    ),
    "rnn_python": Recipe(
        "rnn",
        "StreamLM",
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
SUBJECTS = {
    "rnn_idioms": CorpusSubject(idioms, judge_idioms),
    "rnn_poems": CorpusSubject(poems, judge_poems),
    "rnn_python": CorpusSubject(python_source, judge_python),
}
