"""Conventions of notebooks' prose; every rule returns a list of problems."""

import re

import term_rules
from aigc_book.plain import to_myst

CJK = re.compile(r"[\u4e00-\u9fff]")
LENGTH = range(6_000, 12_001)
EXERCISES = range(3, 7)
OPENING = ("学习目标", "先修", "难度", "用时")
CLOSING = ("小结", "练习", "参考文献")
NO_PROSE = set(
    "math mermaid code code-block explorer check bibliography raw figure image".split()
)
FENCE = re.compile(r"\s*(`{3,}|~{3,}|:{3,})\s*(?:\{([\w-]+)\})?(.*)")

FILLERS = (
    r"随着.{0,20}的(不断)?发展",
    r"具有重要(的)?(研究)?意义",
    "值得注意的是",
    "众所周知",
    "强大的",
    "总而言之",
    "我们可以看到",
    "读者",
)
EMOJI = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u26FF\u2705\u274C\u2728\uFE0F]")
BOLD = re.compile(r"(?s)(^|.)\*\*(\S(?:.*?\S)??)\*\*(?=(.)|$)")
PUNCTUATION = re.compile(r"[，。、；：？！“”‘’（）《》【】—…·()\[\].,:;?!\"'`$]")


def without_code(source: str) -> str:
    """Markdown without fenced code; of a directive such as note, the text stays."""
    kept, fences = [], []  # of each open fence: its marks, and whether it hides
    for line in source.split("\n"):
        marks, name, rest = (FENCE.fullmatch(line) or re.match("()()()", "")).groups()
        hiding = bool(fences) and fences[-1][1]
        if marks and fences and marks.startswith(fences[-1][0]) and not (name or rest):
            fences.pop()
        elif marks and not hiding:
            fences.append((marks, name is None or name in NO_PROSE))
            kept.append("" if fences[-1][1] else rest)
        elif not hiding:
            kept.append(line)
    return "\n".join(kept)


def prose_of(source: str) -> str:
    """Markdown without code, formulas, options, comments, HTML tags and addresses."""
    source = without_code(re.sub(r"(?s)<!--.*?-->", "", source))
    source = re.sub(r"(?m)^\s*:[\w-]+:.*$", "", source)
    source = re.sub(
        r"(?s)\$\$.*?\$\$|\$[^$]+\$|(\{[\w:-]+\})?`[^`]*`|</?\w[^>]*>", " ", source
    )
    return re.sub(r"\]\([^)]*\)", "]", source)


def markdown(notebook) -> list[str]:
    """The prose of each Markdown cell."""
    cells = to_myst(notebook).cells
    return [prose_of(c.source) for c in cells if c.cell_type == "markdown"]


def headings(notebook) -> list[tuple[int, str]]:
    """(level, text) of all headings in order."""
    found = re.findall(r"(?m)^(#{1,6}) +(.+)$", "\n".join(markdown(notebook)))
    return [(len(marks), text.strip()) for marks, text in found]


def length_of(notebook) -> int:
    """Chinese characters and Latin words of all prose."""
    text = "\n".join(markdown(notebook))
    return len(CJK.findall(text)) + len(re.findall(r"[A-Za-z]+", text))


def length_suits_a_chapter(notebook):
    """From 6,000 to 12,000 characters of prose; a template shows the form alone."""
    if notebook.metadata.get("aigc", {}).get("template"):
        return []
    n = length_of(notebook)
    return [] if n in LENGTH else [f"{n:,} characters of prose, not 6,000 to 12,000"]


def opens_with_its_promise(notebook):
    """One title; before the next section: objectives, needs, difficulty, time."""
    titles = [text for level, text in headings(notebook) if level == 1]
    problems = [] if len(titles) == 1 else [f"top headings: {titles}"]
    text = "\n".join(markdown(notebook))
    sections = re.split(r"(?m)^## +(?!学习目标)", text, maxsplit=1)
    absent = [word for word in OPENING if word not in sections[0]]
    return problems + [f"the opening says nothing about {word}" for word in absent]


def closes_with_summary_exercises_references(notebook):
    """These sections are there; references are the last one."""
    sections = [text for level, text in headings(notebook) if level == 2]
    problems = [
        f"no section {word}" for word in CLOSING if not any(word in s for s in sections)
    ]
    if sections and "参考文献" not in sections[-1]:
        problems.append(f"the last section is {sections[-1]}, not 参考文献")
    return problems


def exercises_have_solutions(notebook):
    """Three to six, numbered in order; after each, a folded cell with its solution."""
    solved = {}  # 5.1 -> whether a cell tagged hide-cell follows
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            numbers = re.findall(r"\*\*练习 (\d+\.\d+)\*\*", cell.source)
            solved.update(dict.fromkeys(numbers, False))
        elif solved and "hide-cell" in cell.metadata.get("tags", []):
            solved[list(solved)[-1]] = True
    problems = [
        f"no cell tagged hide-cell after 练习 {n}" for n in solved if not solved[n]
    ]
    if len(solved) not in EXERCISES:
        problems.append(f"{len(solved)} exercises (written **练习 5.1**), not 3 to 6")
    if [int(n.split(".")[1]) for n in solved] != list(range(1, len(solved) + 1)):
        problems.append(f"exercises are numbered {', '.join(solved)}")
    return problems


def one_term_has_one_translation(notebook):
    """The wrong name of a term, and the right one."""
    return term_rules.banned("\n".join(markdown(notebook)))


def english_names_are_the_glossarys(notebook):
    """判别器（discriminator）: a pair of the glossary, and every such pair is in it."""
    return term_rules.misnamed("\n".join(markdown(notebook)))


def prose_is_plain(notebook):
    """No filler, no exclamation mark, no emoji."""
    text = "\n".join(markdown(notebook))
    fillers = [m.group() for pattern in FILLERS for m in re.finditer(pattern, text)]
    marks = re.findall(r".{0,10}[！!](?!\[)", text) + EMOJI.findall(text)
    return [f"not in our prose: {found}" for found in fillers + marks]


def emphasis_is_rendered(notebook):
    """Between a letter and punctuation ** stays two stars: 损失**（KL）**小."""
    problems = []
    for before, inner, after in BOLD.findall("\n".join(markdown(notebook))):
        opens = not (PUNCTUATION.match(inner[0]) and is_letter(before))
        closes = not (PUNCTUATION.match(inner[-1]) and is_letter(after))
        if not (opens and closes):
            problems.append(f"not bold when rendered: {before}**{inner}**{after}")
    return problems


def is_letter(character: str) -> bool:
    """True for what CommonMark counts neither as space nor as punctuation."""
    return bool(character.strip()) and not PUNCTUATION.match(character)


def pictures_have_alt(notebook):
    """A picture in Markdown is described in Chinese."""
    sources = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    alts = re.findall(r"!\[([^\]]*)\]\(", "\n".join(sources))
    return [f"alt text of a picture: {alt!r}" for alt in alts if not CJK.search(alt)]


RULES = [
    length_suits_a_chapter,
    opens_with_its_promise,
    closes_with_summary_exercises_references,
    exercises_have_solutions,
    one_term_has_one_translation,
    english_names_are_the_glossarys,
    prose_is_plain,
    emphasis_is_rendered,
    pictures_have_alt,
]
