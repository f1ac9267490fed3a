"""What readers of a paint explorer read that Python writes."""

WORDS = {
    "zh": {
        "photograph": "照片 {n}",
        "alt": "{name}。从左到右：{tiles}。",
        "tiles": {
            "photograph": "照片",
            "holed": "挖了洞的照片",
            "network": "网络填的",
            "mean": "平均脸",
            "smooth": "光滑填补",
        },
        "list": "、",
        "caption": "从左到右：{tiles}。",
        "empty": "还没有洞。",
        "full": "整张照片都是洞：没有一个像素可以参考，光滑填补没有边界，解不出来。",
        "hole": "洞有 {n} 个像素（全图的 {share:.1f}%）。",
        "errors": "洞里的均方根误差：{list}。",
        "error": "{name} {value:.3f}",
        "comma": "，",
        "rivals": {"network": "网络", "mean": "平均脸", "smooth": "光滑填补"},
    },
}["zh"]
