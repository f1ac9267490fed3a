"""The equations of chapter 09: which of its cells compute each."""

from aigc_book.witness import Named

WITNESSES = {
    "eq-text-chain": Named(
        "译文的概率", "一步一步写出的分数，与一次算完的比较", ("text-028",)
    ),
    "eq-text-energy": Named("源字的分数", "照公式算，与随书的网络比较", ("text-009",)),
    "eq-text-context": Named("权重与加权平均", "照公式算，逐个比较", ("text-009",)),
    "eq-text-location": Named(
        "看过哪里也算", "照公式算，与随书的网络比较", ("text-009",)
    ),
    "eq-text-copy": Named("写还是抄", "概率之和是 1，抄的是 (1 − g) α", ("text-035",)),
    "eq-text-facts": Named("事实的精度与召回", "配自己的表是 1", ("text-037",)),
    "eq-text-matching": Named("认出自己下文的比例", "两篇，照公式数", ("text-055",)),
    "eq-text-bm25": Named("BM25", "照公式算，与 rank_passages 比较", ("text-063",)),
    "eq-text-contrastive": Named("对比学习的损失", "与交叉熵比较", ("text-065",)),
}
