// Short texts with code and formulas, as explorers/richtext.py makes them.

const MATHML = "http://www.w3.org/1998/Math/MathML";

// Nodes of a list of parts; a part is a text or [tag, attributes, parts].
export function rich(parts) {
  return parts.map((part) => (typeof part === "string" ? new Text(part) : node(part)));
}

function node([tag, attributes, parts]) {
  const isCode = tag === "code";
  if (!isCode && !/^m[a-z]+$/.test(tag)) throw new Error(`no tag ${tag} in a text`);
  const made = isCode
    ? document.createElement(tag)
    : document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (/^[a-z]+$/.test(name) && !/^(on|href|style)/.test(name)) {
      made.setAttribute(name, value);
    }
  }
  made.append(...rich(parts));
  return made;
}
