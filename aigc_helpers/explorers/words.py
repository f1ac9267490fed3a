"""What readers of any explorer read that Python writes."""

WORDS = {
    "zh": {
        "saved": (
            "这是保存下来的图；要它动起来，请运行这一格。"
            "运行过还是不动，就刷新页面，再运行一次。"
        ),
        "mark": {
            "producer": "AIGC 从入门到实战",
            "words": "AI 生成",
            "sound": "AI 生成：这段声音由程序合成。",
        },
    },
}["zh"]
