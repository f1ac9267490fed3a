// Keys pressed inside an explorer are the explorer's, and a half-written word is nobody's.

// A notebook takes arrows, letters and Enter for commands of its cells: they end here.
// Escape, Shift + Enter and what is pressed with Ctrl, Alt or ⌘ go on to it. What an
// input method is still composing reaches no handler; in Safari the Enter that ends it
// has the code 229 alone.
export function keepKeys(el) {
  const composing = (event) => {
    if (event.isComposing || event.keyCode === 229) event.stopPropagation();
  };
  el.addEventListener("keydown", composing, { capture: true });
  el.addEventListener("keydown", (event) => {
    if (!isNotebooks(event)) event.stopPropagation();
  });
}

function isNotebooks({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (ctrlKey || altKey || metaKey || key === "Escape") return true;
  return shiftKey && key === "Enter";
}
