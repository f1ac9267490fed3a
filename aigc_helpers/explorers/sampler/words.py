"""What readers of a sampler read that Python writes."""

WORDS = {
    "zh": {
        "caption": (
            "粗体是开头，其余由网络逐字生成：温度 {temperature:g}，种子 {seed}。"
            "开头之后最可能的字符：{characters}。"
        ),
        "caption_top_k": (
            "粗体是开头，其余由网络逐字生成：温度 {temperature:g}，top-k {top_k}，"
            "种子 {seed}。开头之后最可能的字符：{characters}。"
        ),
        "caption_top_p": (
            "粗体是开头，其余由网络逐字生成：温度 {temperature:g}，top-p {top_p:g}，"
            "种子 {seed}。开头之后最可能的字符：{characters}。"
        ),
        "caption_both": (
            "粗体是开头，其余由网络逐字生成：温度 {temperature:g}，top-k {top_k}，"
            "top-p {top_p:g}，种子 {seed}。开头之后最可能的字符：{characters}。"
        ),
        "character": "{name} {percent:.1f}%",
        "list": "、",
        "names": {"\n": "换行", " ": "空格", "\t": "制表符"},
        "greedy": "贪心",
        "cooler": "温度 0.8",
        "nucleus": "核抽样 0.9",
    },
}["zh"]
