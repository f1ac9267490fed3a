"""What readers of a self-check read that Python writes."""

WORDS = {
    "zh": {
        "show": "看答案",
        "right": "对：{option}。{why}",
        "wrong": "不对：{option}。{why}",
    },
}["zh"]
