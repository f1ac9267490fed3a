"""What readers of the speaking explorer read that Python writes.

`telling` travels to the page.
"""

WORDS = {
    "zh": {
        "name": "{text}（{voice} 号嗓音）",
        "credit": (
            "合成语音，不是录音；网络用 Free Spoken Digit Dataset 的录音训练，"
            "CC BY-SA 4.0"
        ),
        "telling": {
            "ahead": "注意力从左到右，读到了末尾。",
            "strays": "注意力没有好好读完：{list}。",
            "comma": "，",
            "back": "往回退了 {n} 个字母",
            "jump": "一步跳过了 {n} 个字母",
            "left": "剩下 {n} 个字母没有读",
            "looked": "看各个词的时间：{list}。",
            "span": "{word} {low} 到 {high} 秒",
            "never": "{word} 没有看过",
            "list": "、",
            "cut": "网络没有自己停下，声音在这里截断。",
        },
        "attention": (
            "网络念 {letters} 时的注意力：横轴是时间，纵轴从上到下是 {n} 个字母，"
            "越亮看得越多。"
        ),
        "spectrogram": "{name}的对数梅尔频谱图，横轴是时间，纵轴是频率。",
        "caption": (
            "{name}，写成英文是“{letters}”。上图是注意力：横轴是时间，从 0 到 "
            "{seconds:.2f} 秒；纵轴从上到下是一个个字母；越亮，网络那时看得越多。"
            "下图是频谱：纵轴是频率，从 0 到 4000 Hz，按梅尔刻度；越亮越响。{words}"
        ),
        "other": (
            "随书的网络 {name!r} 和这里念数字的不是同一个：保存下来的页面不用随书的"
            "网络，只有预先算好的声音。"
        ),
    },
}["zh"]
