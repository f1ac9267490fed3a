// All that a reader of the question explorer reads that the module writes.

export const TEXT = {
  zh: {
    group: "问答探索器",
    question: "问这本书",
    placeholder: "用一句话问一件书里讲过的事",
    private: "你写的只留在这个浏览器里。",
    privateLive: "你写的会交给运行这个笔记本的 Python 内核，也存进笔记本里这个探索器的状态。",
    about: "这是检索加摘抄，排序用关于本书的问题训练过，并不理解问题；大语言模型会改写和综合。",
    // of an answer; text/answering.py says the same
    empty: "还没有写问题：用一句话问一件书里讲过的事。",
    tooLong: "问题有 {n} 个字符，太长了：最多 {most} 个。",
    unknown: "问题里没有认得的字：请用汉字、字母或数字来问。",
    refused: "这些段落里没有找到能回答它的话。",
    answered: "书里这样说：",
    two: "书里有两段说到它：",
    nearest: "最接近的是下面这一段，它不算回答。",
    section: "《{section}》",
    answer: "回答",
    nearlySure: "0.99 以上",
    hardlySure: "0.01 以下",
    enough: "把握 {confidence}，不低于门槛 {threshold}，所以回答。",
    notEnough: "把握 {confidence}，低于门槛 {threshold}，所以不回答。",
    // a false passage
    plant: "混进一段假的",
    which: "哪一段",
    own: "自己写一段",
    ownText: "你写的假段落",
    ownEmpty: "还没有写假段落：先写一段，它才混得进去。",
    falseText: "混进去的是：",
    pretends: "冒充《{section}》",
    noPlace: "没有出处",
    isFalse: "不是这本书的",
    caught:
      "混进来的那一段和这个问题最像，排在书里的段落前面；它和书的段落表对不上（SHA-256 不同），" +
      "没有当作书里的话。",
    below: "混进来的那一段没有排到前面，核对不核对，回答都一样。",
    belowQuoted: "混进来的那一段排在书里的第一段后面，不核对就会当作第二段引用。",
    unchecked: "没有这道核对，会这样回答",
    // candidates
    candidates:
      "为什么是它：训练过的排序排在最前面的几段，得分 = 字词 + 向量；" +
      "旁边是 BM25 的名次，它没有训练过，只数共有的字词。",
    candidatesAndRival:
      "为什么是它：训练过的排序排在最前面的几段，得分 = 字词 + 向量；" +
      "旁边是 BM25 的名次，它没有训练过，只数共有的字词。最后一行是 BM25 的第一名。",
    rank: "名次",
    bm25: "BM25",
    score: "得分",
    lexical: "字词",
    vector: "向量",
    passage: "段落",
    none: "无",
    more: "…",
    // who answers
    waiting: "预先算好的回答 · 动一动，浏览器就开始加载段落和排序的表",
    loading: "段落和排序的表正在加载",
    ready: "浏览器里的表已就绪",
    byPage: "浏览器在 {n} 段里找过 · {ms} ms",
    byKernel: "Python 内核已就绪",
    kernelAnswered: "Python 内核在段落里找过了",
    kernelError: "Python 内核没能回答：{error}",
    storedOnly: "预先算好的回答；这里不能写新的问题，可以看各个预设",
    stale: "下面还是上一个问题的回答。",
    noTables: "段落和排序的表没有加载成功，只有预先算好的回答。再动一次会重新加载。",
  },
}.zh;
