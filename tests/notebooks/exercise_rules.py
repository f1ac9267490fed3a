"""Conventions of a chapter's self-checks; every rule returns a list of problems."""

from code_rules import IGNORE, code_cells, tags, where

CHECKS = 2  # at least
LIVE = 'data-explorer="check"'


def self_checks(notebook):
    """The cells that show a self-check."""
    return [
        cell
        for cell in code_cells(notebook)
        if any(LIVE in o.get("data", {}).get("text/html", "") for o in cell.outputs)
    ]


def self_checks_are_live(notebook):
    """At least two answer at once on the page."""
    n = len(self_checks(notebook))
    return [] if n >= CHECKS else [f"{n} self-checks with stored HTML, not {CHECKS}"]


def self_checks_hide_their_answers(notebook):
    """The source, with the answer in it, is shown on no page and in no notebook.

    Nor in what nbconvert makes of one, which nbviewer shows.
    """
    return [
        f"{where(cell)} needs the tag remove-input; store the notebook's text again"
        for cell in self_checks(notebook)
        if "remove-input" not in tags(cell)
        or not cell.metadata.get("jupyter", {}).get("source_hidden")
        or not cell.metadata.get("transient", {}).get("remove_source")
    ]


def self_checks_stay_compared(notebook):
    """What they show is the same in every run."""
    return [
        f"{where(cell)} carries {IGNORE}"
        for cell in self_checks(notebook)
        if IGNORE in tags(cell)
    ]


RULES = [
    self_checks_are_live,
    self_checks_hide_their_answers,
    self_checks_stay_compared,
]
