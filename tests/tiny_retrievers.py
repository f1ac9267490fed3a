"""A small untrained network that finds passages, and questions for it.

What it answers and refuses is set by hand: it goes by how much of a question the best
passage covers, and by how much of it a second one would add.
"""

import torch

from aigc_helpers.text.passages import load_passages
from aigc_helpers.text.retrieval import Retriever
from aigc_helpers.text.shown import ShownAnswers

COVERED, FIRST_COVERS = 0, 7  # places among what `answer_signals` gives
NEW = 1  # of a second passage, what the first does not give
TENSOR = "00_primer/primer-004/1"  # names the three properties of a tensor
BROADCASTING = "00_primer/primer-014/1"
ANSWERED = "张量有哪三样属性要随时留意？"
ANSWERED_TOO = "把两个形状从右边对齐的规则叫什么？"
REFUSED = "月球背面有几座环形山？"
TWO = "张量有哪三样属性要随时留意，把两个形状从右边对齐的广播是什么规则？"
FALSE = "张量有哪三样属性要随时留意？颜色、作者、出版日期，三样属性要随时留意。"


def answers(seed: int = 0, n_passages: int = 24) -> ShownAnswers:
    """Answers from the first passages of the book by a network of random numbers."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        network = Retriever(dim=8, hidden=8)
        for tensor in network.parameters():
            if tensor.dim():
                tensor += 0.1 * torch.randn(tensor.shape)
    with torch.no_grad():
        network.doubt.weight.zero_()
        network.embedding.weight[0] = 0.0  # padding
        network.refusal[COVERED], network.refusal[-1] = 16.0, -6.0
        network.choice[NEW] = 1.0
        network.second[FIRST_COVERS], network.second[-1] = -20.0, 10.5
    return ShownAnswers(network.eval(), load_passages()[:n_passages])
