// What a reader of the hearing explorer reads that its module writes; the verdict's words
// come from Python, and deck and input have their own.

export const TEXT = {
  zh: {
    group: "听数字（分析）",
    clips: "听哪一段",
    generated: "AI 生成",
    recording: "录音",
    own: "自己的声音",
    ownCredit: "你自己，声音只留在这个浏览器里",
    ownCreditLive: "你自己，没有存进笔记本",
    shares: "网络给的概率（%）",
    share: "{name}：{share}",
    none: "没有",
    several: "几个",
    noneLong: "没有数字",
    severalLong: "不止一个数字",
    high: ">99",
    low: "<1",
    about: "这是分析，不是生成：网络给听到的声音打分，不做出任何声音。它只学过英语的十个数字，从 zero 到 nine；到了虚线（一半）才算听到。",
    listening: "正在听…",
    loading: "正在加载网络，随后在这个浏览器里听…",
    noNetwork: "网络没有加载成功。存下的几段声音的答案照常；自己的声音，再点一下这里会重新加载。",
    stored: "这里没有网络可用，只有存下的几段声音的答案，自己的声音听不了。",
    byNetwork: "网络在这个浏览器里听的。",
    byKernel: "Python 内核听的。",
    kernelError: "Python 内核没能听这段声音：{error}",
  },
}.zh;
