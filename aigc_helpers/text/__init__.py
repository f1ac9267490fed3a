"""Chapter 09: what text networks are used for.

Numerals and dates translated, tables told in sentences, questions answered from
passages of this book, and how coherent a long text is.
"""

from aigc_helpers.text.report_coding import (
    Coding,
    Pairs,
    copying_coding,
    fields,
    spelling_coding,
    training_pairs,
)
from aigc_helpers.text.report_data import (
    held_out_tables,
    is_held_out,
    random_table,
    to_tell,
    write,
    write_by_template,
)
from aigc_helpers.text.report_facts import (
    bleu,
    exchange_numbers,
    fact_counts,
    is_flawless,
    read_claims,
    read_facts,
    share,
    skeleton,
    variety,
)
from aigc_helpers.text.report_network import (
    Reporter,
    copying_loss,
    report,
    sample_reports,
    train_reporter,
)
