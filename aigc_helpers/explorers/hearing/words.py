"""What readers of a hearing explorer read that Python writes.

`verdict` travels to the page.
"""

WORDS = {
    "zh": {
        "verdict": {
            "digit": "听到的是 {digit}，概率{share}。",
            "unsure": "没把握：没有哪个数字的概率到一半。",
            "several": "不像单个数字，像几个数字连着说，听到的是 {text}。",
            "none": "更像是一个数字也没有。",
            "nearest": "最像的是 {digit}，概率{share}。",
            "high": "大于 99.9 %",
            "low": "小于 0.1 %",
            "share": " {percent} %",
        },
        "alt": "{name}的对数梅尔频谱图，横轴是时间，纵轴是频率。{words}",
        "caption": "{name}：横轴是时间，纵轴是频率，越亮越响。网络的分析：{verdict}",
        "other": (
            "随书的网络 {name!r} 听到的和 listener 听到的不一样（概率最多差 "
            "{gap:.2g}）：保存下来的页面不用这个网络，只有存下的几段声音的答案。"
        ),
        "tone": {"name": "音", "transcript": "一个 440 Hz 的音，没有人说话"},
    },
}["zh"]
