"""What readers of a formula explorer read that Python writes."""

WORDS = {
    "zh": {
        "title": "公式探索器",
        "curves": "曲线：{names}",
        "list": "；",
        "otherwise": "其他",
    },
}["zh"]
