"""The equations of chapter 08: which of its cells compute each."""

from aigc_book.witness import Named

WITNESSES = {
    "eq-image-psnr": Named(
        "峰值信噪比", "照公式算，与 metrics.psnr 比较", ("image-010",)
    ),
    "eq-image-ssim": Named(
        "结构相似度", "一个窗口照公式算，同一张图得 1", ("image-010",)
    ),
    "eq-image-kernel": Named(
        "核距离", "照公式算，与 kernel_distance 比较", ("image-010",)
    ),
    "eq-image-mean": Named(
        "平方误差最小的填法", "一百零一种填法逐个试", ("image-016",)
    ),
    "eq-image-compose": Named(
        "洞外照抄", "照公式算，与 image.fill 比较", ("image-020",)
    ),
    "eq-image-hole": Named("洞里的损失", "两个和照公式算", ("image-020",)),
    "eq-image-ridge": Named(
        "岭回归", "在解处梯度为 0，与 scikit-learn 比较", ("image-025",)
    ),
    "eq-image-search": Named("搜索的目标", "z = 0 时只剩上半张的误差", ("image-042",)),
    "eq-image-realism": Named("有对手的损失", "对数几率照公式算", ("image-050",)),
}
