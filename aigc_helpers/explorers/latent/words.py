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
        "direction": "方向 {n}",
        "origin": "原点 z = 0",
        "halfway": "A 与 B 的中点",
        "far": "远离原点",
    },
}["zh"]
