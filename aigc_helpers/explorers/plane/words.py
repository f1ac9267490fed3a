"""What readers of a plane explorer read that Python writes."""

WORDS = {
    "zh": {
        "poster": (
            "把隐平面均匀切成 {n} 行 {n} 列，每格中心解码出的图像："
            "z₁ 从左到右由 {left:g} 到 {right:g}，z₂ 从下到上由 {bottom:g} 到 {top:g}"
        ),
        "origin": "原点 z = 0",
        "far": "离数据最远处",
    },
}["zh"]
