"""Small untrained networks that find passages, and a false passage for each question.

What they answer and refuse is set by hand: it depends on how much of a question the
best passage covers.
"""

import torch

from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.retrieval import Retriever
from aigc_helpers.text.shown import ShownAnswers

COVERED, GAIN = 4, 0  # of `answering.SIGNALS` and `SECOND_SIGNALS`
TENSOR = "00_primer/primer-004/1"  # says which three properties a tensor has
ANSWERED = "张量有哪三样属性要随时留意？"
REFUSED = "月球背面有几座环形山？"
TWO = "张量有哪三样属性要随时留意，把两个形状从右边对齐的广播是什么规则？"
FALSE = "张量有哪三样属性要随时留意？颜色、作者、出版日期，三样属性要随时留意。"


def answers(seed: int = 0, n_passages: int = 24) -> ShownAnswers:
    """Answers from the first passages of the book by a network of random numbers."""
    generator = torch.Generator().manual_seed(seed)
    network = Retriever(dim=8, hidden=8)
    with torch.no_grad():
        for tensor in network.parameters():
            if tensor.dim():
                tensor += 0.1 * torch.randn(tensor.shape, generator=generator)
        network.refusal[COVERED], network.refusal[-1] = 8.0, -4.0
        network.second[GAIN], network.second[-1] = 12.0, -3.0
    return ShownAnswers(network.eval(), load_passages()[:n_passages])
