// A classic script, since from file:// browsers run no modules: whoever opens the built
// site by a double click is told what helps. The archive of offline.py runs by itself.

addEventListener("DOMContentLoaded", () => {
  if (location.protocol !== "file:" || window.aigcOffline) return;
  const note = document.createElement("p");
  note.className = "book-by-file";
  note.append(
    "这一页是双击打开的，浏览器只给出图和文字，探索器和搜索都不会动。在书的目录里运行 ",
    code("make serve"), "，再打开它给出的地址；或者运行 ", code("make offline"),
    "，解压它做好的压缩包，双击里面的 index.html。",
  );
  (document.querySelector("article") ?? document.body).prepend(note);
});

function code(text) {
  const node = document.createElement("code");
  node.textContent = text;
  return node;
}
