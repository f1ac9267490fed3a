"""Chapter 09: what text networks are used for.

Numerals and dates translated, tables told in sentences, questions answered from
passages of this book, and how coherent a long text is.
"""

from aigc_helpers.text.coherence import (
    CodeCoherence,
    ParametersUsed,
    code_coherence,
    matching_by_distance,
    matching_by_line,
    matching_share,
    parameters_used,
    repetition,
)
from aigc_helpers.text.content import (
    Content,
    fit_content,
    words,
)
from aigc_helpers.text.excerpts import (
    Excerpts,
    cut_excerpts,
    mix_lines,
    repeat_line,
    shuffle_lines,
)
from aigc_helpers.text.retrieval import Retriever
from aigc_helpers.text.shown import ShownAnswers
