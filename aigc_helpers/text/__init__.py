"""Chapter 09: what text networks are used for.

Numerals and dates translated, tables told in sentences, questions answered from
passages of this book, and how coherent a long text is.
"""

from aigc_helpers.text.coherence import (
    Content,
    ParametersUsed,
    Passages,
    cut_passages,
    fit_content,
    matching_by_distance,
    matching_by_line,
    matching_share,
    mix_lines,
    parameters_used,
    repeat_line,
    repetition,
    shuffle_lines,
    words,
)
