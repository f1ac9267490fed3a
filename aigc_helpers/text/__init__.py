"""Chapter 09: what text networks are used for.

Numerals and dates translated, tables told in sentences, questions answered from
passages of this book, and how coherent a long text is.
"""

from aigc_helpers.text.retrieval import Retriever
