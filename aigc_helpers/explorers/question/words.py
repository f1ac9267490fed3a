"""What readers of a question explorer read that Python writes."""

WORDS = {
    "zh": {
        "question": "问：{question}",
        "nearest": "最接近的是下面这一段，它不算回答。",
        "nearly_sure": "0.99 以上",
        "hardly_sure": "0.01 以下",
        "answers": "把握 {confidence}，不低于门槛 {threshold:.2f}，所以回答。",
        "refuses": "把握 {confidence}，低于门槛 {threshold:.2f}，所以不回答。",
        "strange": (
            "混进来的一段和这个问题最像，排在书里的段落前面；它和书的段落表对不上，"
            "没有当作书里的话。"
        ),
        "about": (
            "这是检索加摘抄，排序用关于本书的问题训练过，并不理解问题；大语言模型会改写"
            "和综合。"
        ),
        "other": (
            "随书的网络 {name!r} 和这里的 answers 不是同一个：保存下来的图不用随书的"
            "网络，只有预先算好的几个回答。"
        ),
    },
}["zh"]
