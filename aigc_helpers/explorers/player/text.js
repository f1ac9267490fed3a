// What a reader of the player reads that its module writes; the deck has its own words.

export const TEXT = {
  zh: {
    group: "声音播放器",
    clips: "声音",
    generated: "AI 生成",
    recording: "录音",
  },
}.zh;
