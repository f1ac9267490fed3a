"""Questions about the passages: those that train, and those that are held out.

Both were written by people and programs that had only the passages before them; who
wrote the held-out ones saw neither the training questions nor a ranking. A training
question tells its author: "a" and "b" wrote about one half of the passages each, "c"
asks what has nothing to do with the book.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aigc_helpers.reader import Mistake

TRAINING = Path(__file__).with_name("training_questions.json")
HELD_OUT = Path(__file__).with_name("questions.json")


@dataclass(frozen=True)
class Question:
    """A question, and what answers it.

    Attributes
    ----------
    text : str
    passages : tuple of str
        Keys of the passages that answer it, each alone; of a question that needs two,
        those two; empty if the book has no answer.
    author : str
        Who wrote it; empty for the held-out ones.
    form : str
        Of a training question that one passage answers: ``"plain"``, ``"paraphrase"``
        (in other words than the passage's) or ``"keywords"``.
    false_text : str
        Of a question to which a false passage is put in: that passage.
    """

    text: str
    passages: tuple[str, ...] = ()
    author: str = ""
    form: str = ""
    false_text: str = ""


@dataclass(frozen=True)
class Questions:
    """Questions by what they ask of an answer.

    Attributes
    ----------
    answerable, unanswerable, two, false_passage : tuple of Question
        One passage answers; none does; two are needed; one answers, and a false one is
        put beside it. Training questions have none of the last kind.
    synonyms : tuple of (str, str)
        Words of which one is asked where the other is written; held-out ones have none.
    """

    answerable: tuple[Question, ...]
    unanswerable: tuple[Question, ...]
    two: tuple[Question, ...]
    false_passage: tuple[Question, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()


def _question(stored: dict) -> Question:
    keys = stored.get("passages") or [stored[k] for k in ("passage",) if k in stored]
    more = {name: stored.get(name, "") for name in ("author", "form", "false_text")}
    return Question(stored["question"], tuple(keys), **more)


def load_questions(path: Path) -> Questions:
    """Questions of a file, in its order.

    Raises
    ------
    ValueError
        If the file holds no questions of this form.
    FileNotFoundError
        If there is none.
    """
    text = path.read_text(encoding="utf-8")
    try:
        stored = json.loads(text)
        kinds = {
            kind: tuple(map(_question, stored.get(kind, ())))
            for kind in ("answerable", "unanswerable", "two", "false_passage")
        }
        synonyms = tuple((one, other) for one, other in stored.get("synonyms", ()))
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise Mistake(
            f"{path} holds no questions ({error})",
            f"{path} 里没有问题：重新安装工具包，或用 git 取回这个文件。",
        ) from error
    return Questions(**kinds, synonyms=synonyms)


@cache
def training_questions() -> Questions:
    """What trains: 959 questions with an answer, 268 without, 80 that need two."""
    return load_questions(TRAINING)


@cache
def held_out_questions() -> Questions:
    """What measures, and never trains: 100, 50, 30 and 30 with a false passage."""
    return load_questions(HELD_OUT)
