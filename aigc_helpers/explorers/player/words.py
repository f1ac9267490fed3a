"""What readers of a player read that Python writes."""

WORDS = {
    "zh": {
        "alt": "{name}的对数梅尔频谱图，横轴是时间，纵轴是频率。{words}",
        "caption": (
            "{name}：横轴是时间，从 0 到 {seconds:.2f} 秒；"
            "纵轴是频率，从 0 到 4000 Hz，按梅尔刻度；越亮越响。{words}"
        ),
    },
}["zh"]
