"""What readers read of a sound that Python writes; `telling` travels to the page."""

WORDS = {
    "zh": {
        "telling": {
            "said": "说的是“{transcript}”。",
            "length": "长 {seconds} 秒，每秒 {rate} 个采样点。",
            "loudness": "响度（均方根）{rms} dB，峰值 {peak} dB，满幅是 0 dB。",
            "band": "平均最强的频带是 {low} 到 {high} Hz。",
            "silence": "静音（比最响的一刻低 35 dB 以上，至少 50 毫秒）：{list}。",
            "span": "{low} 到 {high} 秒",
            "list": "、",
            "noSilence": "没有 50 毫秒以上的静音。",
            "still": "从头到尾没有声音。",
        },
        "generated": "AI 生成",
        "recording": "录音：{credit}",
        "listen": "听“{name}”",
        "empty": {
            "name": "每段声音都要有名字 name。",
            "transcript": "transcript 是空的：写下说的话，或者听到的是什么。",
        },
    },
}["zh"]
