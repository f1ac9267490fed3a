"""Does a generated text keep its form, and is it copied from the training texts?"""

import re
from collections.abc import Iterable

from aigc_helpers.reader import Mistake

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
FORMS = {
    "idiom": re.compile(rf"[{_HAN}]{{4}}"),
    **{
        name: re.compile(rf"(?:[{_HAN}]{{{n}}}，[{_HAN}]{{{n}}}。){{2}}")
        for name, n in (("wujue", 5), ("qijue", 7))
    },
}


def form_kept(text: str, form: str) -> bool:
    """Has the text exactly the form: an idiom, or a quatrain with its punctuation?

    Parameters
    ----------
    text : str
        One line, without anything around it.
    form : str
        "idiom" (four Chinese characters), "wujue" or "qijue" (four lines of five or
        seven, a comma after odd ones and a stop after even ones: 五绝, 七绝). Tones and
        rhymes are not looked at.

    Raises
    ------
    ValueError
        If there is no such form.
    """
    if form not in FORMS:
        raise Mistake(
            f"form must be one of {list(FORMS)}, not {form!r}",
            f"没有 {form!r} 这种形式，可以写：{list(FORMS)}。",
        )
    return FORMS[form].fullmatch(text) is not None


class TrainingText:
    """Texts in which copied runs are looked up; built once, asked often.

    Parameters
    ----------
    texts : iterable of str
        A run never reaches from one text into the next.

    Raises
    ------
    ValueError
        If there are no texts.
    """

    _SEPARATOR = "\ue000"  # private use: in no text

    def __init__(self, texts: Iterable[str]):
        self._joined = self._SEPARATOR.join(texts)
        if not self._joined:
            raise Mistake(
                "no training texts: nothing can be a copy of them",
                "训练文本是空的，没有东西可以比对。",
            )

    def __contains__(self, run: str) -> bool:
        return self._SEPARATOR not in run and run in self._joined

    def longest_copied_run(self, text: str) -> str:
        """The longest piece of a text that stands in a training text, the first one.

        Two ends move along the text: if a run is not there, no longer one is.
        """
        best, start = "", 0
        for end in range(1, len(text) + 1):
            while end - start > len(best) and text[start:end] not in self:
                start += 1
            if end - start > len(best):
                best = text[start:end]
        return best
