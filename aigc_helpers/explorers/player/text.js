// All that a reader of the player reads that the module writes; what tells a sound in
// words comes from Python.

export const TEXT = {
  zh: {
    group: "声音播放器",
    clips: "声音",
    generated: "AI 生成",
    recording: "录音",
    credit: "录音来源：{credit}",
    made: "AI 生成的声音。保存的文件开头有提示音“短长 短短”，元数据里也写着是 AI 生成的。",
    madeBy: "AI 生成的声音（{credit}）。保存的文件开头有提示音“短长 短短”，元数据里也写着是 AI 生成的。",
    save: "保存为 WAV",
    file: "{name}.wav",
    fileMade: "{name}-AI生成.wav",
    amplitude: "振幅",
    frequency: "频率（Hz，梅尔刻度）",
    time: "时间（秒）",
    legend: "上面是波形，下面是对数梅尔频谱图，越亮越响。点一下图，位置就移到那里。",
    picture: "{name}的波形和对数梅尔频谱图。{words}",
    opening: "按“播放”才出声。",
    noAudio: "这个浏览器放不出声音（没有 Web Audio）。图、文字和保存照常。",
    notHeard: "浏览器没有放出声音。请检查这台设备有没有声音输出、网页有没有被静音，再按一次“播放”。",
  },
}.zh;
