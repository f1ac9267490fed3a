// Why a part of a page did not come, in words that help its reader.
//
// What a page fetches lies in a folder that is called after its content, and the next
// publication takes that folder away: a page that a browser has kept then asks in vain.

const CAUSES = {
  zh: {
    old: "这个浏览器太旧，不能在网页里运行网络。请换一个新版的浏览器。",
    replaced: "这个网页已经更新，请刷新。",
    unreachable: "连不上这个网站。请检查网络连接，然后刷新页面。",
  },
}.zh;

// Promise of the words, null if neither the page's age nor the connection is the cause.
// ``assets`` is the address of that folder.
export async function causeOf(assets) {
  const known = new URL("explorers/front/host.js", assets);
  try {
    const { status } = await fetch(known, { method: "HEAD", cache: "no-store" });
    return status === 404 || status === 410 ? CAUSES.replaced : null;
  } catch {
    return CAUSES.unreachable;
  }
}

// Words for a browser that cannot run a network, null for all others.
export function tooOld() {
  return globalThis.WebAssembly && globalThis.DecompressionStream ? null : CAUSES.old;
}
