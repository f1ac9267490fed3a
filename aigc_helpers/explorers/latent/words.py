"""What readers of a latent explorer read that Python writes."""

WORDS = {
    "zh": {
        "poster": (
            "生成器画出的图像：每行是一个方向，从左到右由 −3 到 3 个标准差；"
            "再下一行从一个样本走到另一个"
        ),
        "poster_classes": (
            "生成器画出的图像：每行是一个方向，从左到右由 −3 到 3 个标准差；"
            "再下一行从一个样本走到另一个；最后一行是各个类别"
        ),
        # What is said of the number that a decoder gives beside a picture; a card may
        # ask for one of these by "readout": {"words": …} and the numbers that it names.
        "readouts": {
            "nearest_photograph": {
                "shown": (
                    "离最近的训练照片：{value}（照抄是 0，同一批人的新照片一般是 1，"
                    "陌生人的照片一般是 {stranger:.1f}）"
                ),
                "poster": (
                    "这些脸离最近的训练照片，最近的 {low:.2f}，最远的 {high:.2f}；"
                    "各方向都在 0 的那张 {value:.2f}（照抄是 0，同一批人的新照片一般是 "
                    "1，陌生人的照片一般是 {stranger:.1f}）。"
                ),
            },
        },
        "direction": "方向 {n}",
        "origin": "原点 z = 0",
        "halfway": "A 与 B 的中点",
        "far": "远离原点",
    },
}["zh"]
