// Keys pressed inside an explorer are the explorer's, and a half-written word is nobody's.

const NOTEBOOK_CELL = ".jp-Cell, .cell"; // of JupyterLab and Notebook 7; of the classic

// A notebook takes arrows, letters and Enter for commands of its cells: they end here.
// Escape leads back to the cell; it, Shift + Enter and what is pressed with Ctrl, Alt or
// ⌘ go on to the notebook. What an input method is still composing reaches no handler;
// in Safari the Enter that ends it has the code 229 alone.
export function keepKeys(el) {
  const composing = (event) => {
    if (event.isComposing || event.keyCode === 229) event.stopPropagation();
  };
  el.addEventListener("keydown", composing, { capture: true });
  el.addEventListener("keydown", (event) => {
    if (!isNotebooks(event)) event.stopPropagation();
    if (event.key === "Escape") el.closest(NOTEBOOK_CELL)?.focus();
  });
}

function isNotebooks({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (ctrlKey || altKey || metaKey || key === "Escape") return true;
  return shiftKey && key === "Enter";
}
