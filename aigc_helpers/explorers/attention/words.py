"""What readers of an attention explorer read that Python writes."""

WORDS = {
    "zh": {
        "line": "网络把{source}写成{written}。",
        "table": "网络按表里的 {n} 格写出：{written}",
        "cut": "（写到 {n} 个词元还没有停，截断了）",
        "caption": "每一行是写出的一个词元，每一列是原文的一个词元；格里是写它时看了多少，单位 %，空格不到 0.5。",
        "quoted": "“{text}”",
        "corner": "写 ＼ 看",
    },
}["zh"]
