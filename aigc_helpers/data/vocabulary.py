"""Characters and their ids."""

from collections import Counter
from collections.abc import Iterable, Iterator

from aigc_helpers.reader import Mistake

BOUNDARY = "\n"  # before and after every text
UNKNOWN = "□"  # stands for every character that the vocabulary lacks


class Vocabulary:
    """The characters of a model by token id: the boundary first, then by frequency.

    Usable as a sequence of characters, as `aigc_helpers.language.sampling` wants it.

    Parameters
    ----------
    characters : iterable of str
        Single characters by id, each once. If ``UNKNOWN`` is among them, `encode`
        reads every other character as it; else a foreign character is an error.

    Raises
    ------
    ValueError
        If a character appears twice or is not a single one.
    """

    def __init__(self, characters: Iterable[str]):
        self.characters = tuple(characters)
        self._ids = {character: i for i, character in enumerate(self.characters)}
        if len(self._ids) < len(self.characters):
            twice = [c for c, n in Counter(self.characters).items() if n > 1]
            raise Mistake(
                f"twice in the vocabulary: {' '.join(map(repr, twice))}",
                f"词表里有重复的字：{' '.join(map(repr, twice))}。",
            )
        wrong = [c for c in self.characters if len(c) != 1]
        if wrong:
            raise Mistake(
                f"not single characters: {' '.join(map(repr, wrong))}",
                f"词表里每一项应当是一个字，这些不是：{' '.join(map(repr, wrong))}。",
            )

    @classmethod
    def of(cls, texts: Iterable[str], *, min_count: int = 1) -> "Vocabulary":
        """Vocabulary of training texts: boundary, unknown, then the most frequent.

        Characters seen fewer than ``min_count`` times become ``UNKNOWN``; equally
        frequent ones stand by code point. Bits per character of two models compare
        only if both have the same vocabulary, since an unknown character is cheap.
        """
        counts = Counter()
        for text in texts:
            counts.update(text)
        del counts[BOUNDARY], counts[UNKNOWN]
        kept = [c for c, n in counts.items() if n >= min_count]
        kept.sort(key=lambda character: (-counts[character], character))
        return cls((BOUNDARY, UNKNOWN, *kept))

    def __len__(self) -> int:
        return len(self.characters)

    def __getitem__(self, token: int) -> str:
        return self.characters[token]

    def __iter__(self) -> Iterator[str]:
        return iter(self.characters)

    def __contains__(self, character: object) -> bool:
        return character in self._ids

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} characters)"

    def encode(self, text: str) -> list[int]:
        """Token ids of a text, without boundaries.

        Raises
        ------
        ValueError
            If a character is foreign and the vocabulary has no ``UNKNOWN``.
        """
        unknown = self._ids.get(UNKNOWN)
        ids = [self._ids.get(character, unknown) for character in text]
        if unknown is None and None in ids:
            foreign = sorted(set(text) - set(self._ids))
            words = " ".join(map(repr, foreign))
            raise Mistake(
                f"not in the vocabulary: {words}",
                f"词表里没有这些字：{' '.join(foreign)}。",
            )
        return ids

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of token ids.

        Raises
        ------
        ValueError
            If a token is not in 0..len - 1.
        """
        tokens = [int(token) for token in tokens]
        wrong = [token for token in tokens if not 0 <= token < len(self)]
        if wrong:
            raise Mistake(
                f"no token {wrong[0]} in a vocabulary of {len(self)}",
                f"词表只有 {len(self)} 个字，没有编号 {wrong[0]}。",
            )
        return "".join(self.characters[token] for token in tokens)
