"""What readers of a self-check read that Python writes."""

WORDS = {
    "zh": {
        "show": "看答案",
        "guess": "先猜一个数，再看真实值。",
        "saved": (
            "这是保存下来的题；要作答，请运行这一格。"
            "运行过还是不能作答，就刷新页面，再运行一次。"
        ),
        "right": "对：{option}。{why}",
        "wrong": "不对：{option}。{why}",
    },
}["zh"]
