// Short texts with code and formulas, as aigc_helpers/richtext.py makes them.

const MATHML = "http://www.w3.org/1998/Math/MathML";

// Nodes of a list of parts; a part is a text or [tag, attributes, parts].
export function rich(parts) {
  return parts.map((part) => (typeof part === "string" ? new Text(part) : node(part)));
}

// Parts of a template, "第 {n} 步", with lists of parts at its places.
export function fillRich(template, values) {
  const pieces = template.split(/\{(\w+)\}/);
  return pieces.flatMap((piece, i) => (i % 2 ? values[piece] : [piece])).filter(Boolean);
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
