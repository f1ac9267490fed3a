// Links in the prose that set an explorer: "#explorer?1=2.5&label=3".

const LINK = "a[data-explorer-set], a[href*='#explorer?']";

// "1=2.5&label=3&t=0.5&seed=7&preset=…" from the link's attribute or its address.
export function settingOf(link) {
  const text = link.dataset.explorerSet ?? link.hash.split("?").slice(1).join("?");
  return Object.fromEntries(new URLSearchParams(text));
}

// The candidate that is nearest to the link, measured between their middles.
export function nearest(link, candidates) {
  const middle = (node) => {
    const box = node.getBoundingClientRect();
    return box.top + box.height / 2;
  };
  const gap = (node) => Math.abs(middle(node) - middle(link));
  return [...candidates].sort((a, b) => gap(a) - gap(b))[0];
}

// Listen once per document; find(link) gives (a promise of) the explorer's handle.
export function followLinks(find) {
  if (document.aigcLinks) return;
  document.aigcLinks = true;
  const follow = async (event) => {
    const link = event.target.closest?.(LINK);
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    (await find(link))?.apply(settingOf(link));
  };
  document.addEventListener("click", follow, { capture: true });
}

// Bring into view what a link has changed.
export function reveal(node) {
  const box = node.getBoundingClientRect();
  if (box.top >= 0 && box.bottom <= innerHeight) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}
