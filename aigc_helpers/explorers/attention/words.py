"""What readers of an attention explorer read that Python writes."""

WORDS = {
    "zh": {
        "text": "网络把“{text}”写成“{written}”。",
        "table": "网络按表里的 {n} 格写出：“{written}”",
        "nothing": "网络什么也没有写。",
        "cut": "（写了 {n} 个词元还没有停，在这里截断）",
        "caption": (
            "每一行是写出的一个词元，每一列是读到的一个词元；格里是写的时候看了它多少，"
            "单位 %，空格不到 0.5。"
        ),
        "caption_turned": (
            "每一列是写出的一个词元，每一行是读到的一个词元；格里是写的时候看了它多少，"
            "单位 %，空格不到 0.5。"
        ),
        "corner": "写 ＼ 看",
        "corner_turned": "看 ＼ 写",
    },
}["zh"]
