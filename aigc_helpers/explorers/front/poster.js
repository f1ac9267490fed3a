// The poster that Python shows beside a live explorer, for places where no widget lives.

// Hide what carries the token, whenever it comes; the function that is returned shows it
// again. A rule of style rather than attributes: a notebook builds its outputs anew.
export function hidePoster(token) {
  if (!token) return () => {};
  const rule = document.createElement("style");
  const poster = `[data-aigc-poster="${CSS.escape(token)}"]`;
  const output = `.jp-OutputArea-output:has(> ${poster})`; // JupyterLab pads it
  // Two rules: a browser that does not know :has() drops the second alone.
  rule.textContent = [poster, output].map((one) => `${one} { display: none }`).join("\n");
  document.head.append(rule);
  return () => rule.remove();
}
