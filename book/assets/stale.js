// Says so when a page is older than the site. What a page loads lies in a folder that is
// called after its content (aigc_book/versions.py), and a publication replaces that
// folder. This script alone keeps its name, so that a page which a browser has kept
// finds it.

{
  const TEXT = {
    zh: {
      replaced: "这个网页已经更新，请刷新。",
      unreachable: "这一页没有加载完整：连不上网站。请检查网络连接，然后刷新页面。",
    },
  }.zh;
  const OWN = new URL("./", document.currentScript.src).href; // hosts add scripts too
  let told = false;

  const tell = (text) => {
    if (told) return;
    told = true;
    const note = document.createElement("p");
    note.className = "book-stale";
    note.setAttribute("role", "alert");
    note.textContent = text;
    // The style sheets may be what is missing.
    Object.assign(note.style, { padding: "0.5rem 1rem", border: "2px solid #b35900" });
    (document.querySelector(".bd-article-container") ?? document.body).prepend(note);
  };

  const explain = async (address) => {
    try {
      const { status } = await fetch(address, { method: "HEAD", cache: "no-store" });
      if (status === 404 || status === 410) tell(TEXT.replaced);
    } catch {
      tell(TEXT.unreachable);
    }
  };

  const whole = new Promise((done) => addEventListener("DOMContentLoaded", done));
  const onError = ({ target }) => {
    if (location.protocol === "file:" || !target.matches?.("script, link")) return;
    const address = target.src ?? target.href;
    if (address.startsWith(OWN)) whole.then(() => explain(address));
  };
  addEventListener("error", onError, true);
}
