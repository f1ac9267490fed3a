"""The equations of chapter 10: which of its cells compute each."""

from aigc_book.witness import Named

WITNESSES = {
    "eq-speech-mulaw": Named("μ 律", "照公式取整，与工具包的比较", ("speech-008",)),
    "eq-speech-stft": Named(
        "短时傅里叶变换", "照公式算，与 torch.stft 比较", ("speech-013",)
    ),
    "eq-speech-mel": Named("梅尔刻度", "照公式取三角形，与库的比较", ("speech-013",)),
    "eq-speech-chain": Named(
        "编码的概率", "一点一点问，与一次算完的比较", ("speech-019",)
    ),
    "eq-speech-receptive": Named("感受野", "公式与梯度量出的比较", ("speech-019",)),
    "eq-speech-gate": Named("门", "照公式搭一层，与工具包的网络比较", ("speech-019",)),
    "eq-speech-logistics": Named(
        "逻辑斯谛分布的混合", "照公式算 256 个概率，逐个比较", ("speech-019",)
    ),
    "eq-speech-mixture": Named(
        "只往前走的注意力", "照公式算一步，与随书的网络比较", ("speech-032",)
    ),
    "eq-speech-ctc": Named("CTC", "所有排法逐个相加，与递推的比较", ("speech-035",)),
    "eq-speech-wer": Named("词错误率", "小例子，照公式数", ("speech-035",)),
}
