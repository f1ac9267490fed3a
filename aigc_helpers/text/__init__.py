"""Chapter 09: what text networks are used for.

Numerals and dates translated, tables told in sentences, questions answered from
passages of this book, and how coherent a long text is.
"""

from aigc_helpers.text.answer_evaluation import (
    evaluate_false,
    evaluate_ranking,
    evaluate_refusals,
    evaluate_two,
)
from aigc_helpers.text.answering import (
    Answer,
    Answerer,
)
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
    written_excerpts,
)
from aigc_helpers.text.numeral_pairs import (
    draw_dates,
    draw_numbers,
    draw_pairs,
    encode_sources,
    held_out_dates,
    held_out_numbers,
    pair_of,
    vocabulary,
)
from aigc_helpers.text.numeral_rivals import (
    PatternTable,
)
from aigc_helpers.text.numerals import (
    Numeral,
    read,
    write,
)
from aigc_helpers.text.passages import (
    frozen_on,
    load_passages,
)
from aigc_helpers.text.questions import (
    held_out_questions,
    training_questions,
)
from aigc_helpers.text.ranking import (
    BM25,
    asked,
    features,
    rank_passages,
    searchable,
)
from aigc_helpers.text.report_coding import (
    ReportCoding,
    ReportPairs,
    copying_coding,
    report_pairs,
    spelling_coding,
    table_fields,
)
from aigc_helpers.text.report_data import (
    facts_to_tell,
    held_out_tables,
    is_held_out,
    random_table,
    template_report,
    write_report,
)
from aigc_helpers.text.report_facts import (
    bleu,
    exchange_numbers,
    fact_counts,
    fact_share,
    is_flawless,
    read_claims,
    read_facts,
    report_variety,
    skeleton,
)
from aigc_helpers.text.report_network import (
    Reporter,
    copying_loss,
    report,
    sample_reports,
    train_reporter,
)
from aigc_helpers.text.retrieval import (
    PassageIndex,
    Retriever,
)
from aigc_helpers.text.retriever_training import train_retriever
from aigc_helpers.text.shown import (
    ShownAnswers,
)
from aigc_helpers.text.translation import (
    Translator,
    encode_pairs,
    train_translator,
    translate,
    translations,
)
from aigc_helpers.text.translation_errors import (
    attention_offsets,
    counterparts,
    error_counts,
    error_kind,
    is_right,
    right_by_length,
)
