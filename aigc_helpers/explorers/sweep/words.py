"""What readers of a sweep read that Python writes."""

WORDS = {
    "zh": {
        "sheet": "{name}：从左到右、从上到下，依次是 {axis} = {values}",
        "sheet_of_two": (
            "{name}：从左到右 {axis} = {values}；从上到下 {axis2} = {values2}"
        ),
        "table": "{names}随{axes}的变化",
        "numbers": {"NaN": "不是数", "Infinity": "∞", "-Infinity": "−∞"},
        "list": "、",
        "value": "{name} = {value}",
        "values": "，",
        "computing": "计算",
        "unit": "个值",
        "stopped": (
            "停下来了：{n} 个值算好了 {done} 个，放在 sys.last_value.kept 里。"
            "再运行一次，从头算起。"
        ),
    },
}["zh"]
