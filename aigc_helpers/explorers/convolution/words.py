"""What readers of a convolution explorer read that Python writes."""

WORDS = {
    "zh": {
        "poster": (
            "{name}，以及经过各个预设的核之后的样子，"
            "从左到右、从上到下依次是：{presets}"
        ),
        "list": "、",
        "photograph": "照片",
        "same": "原样",
        "blur": "模糊",
        "sharpen": "锐化",
        "edges": "边缘",
        "upright": "竖边",
        "relief": "浮雕",
    },
}["zh"]
