// Keys pressed inside an explorer are the explorer's, and a half-written word is nobody's.

// Whether a key belongs to an input method, which composes a word and takes the key
// itself. Safari ends the composition first and then sends the key that ended it, which
// by then only its code tells (229).
export const composing = (event) => event.isComposing || event.keyCode === 229;

const SUPPRESS = "data-lm-suppress-shortcuts"; // of Lumino, which Jupyter is made with
const NOTEBOOK_CELL = ".jp-Cell, .cell"; // of JupyterLab and Notebook 7; of the classic

// A notebook takes arrows, letters and Enter for commands of its cells: they end here.
// Notebook 7 looks for commands before a key gets here, but not if an attribute of what
// has the focus says so. Escape leads back to the cell; it, Shift + Enter and what is
// pressed with Ctrl, Alt or ⌘ go on to the notebook. What an input method is still
// composing reaches no handler.
// The function that is returned ends what listens outside the explorer.
export function keepKeys(el) {
  const guard = (event) => composing(event) && event.stopPropagation();
  el.addEventListener("keydown", guard, { capture: true });
  el.addEventListener("keydown", (event) => {
    if (!isNotebooks(event)) event.stopPropagation();
    if (event.key === "Escape") el.closest(NOTEBOOK_CELL)?.focus();
  });
  const first = (event) => {
    if (!el.contains(event.target)) return;
    event.target.toggleAttribute(SUPPRESS, !isNotebooks(event));
  };
  window.addEventListener("keydown", first, { capture: true });
  return () => window.removeEventListener("keydown", first, { capture: true });
}

function isNotebooks({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (ctrlKey || altKey || metaKey || key === "Escape") return true;
  return shiftKey && key === "Enter";
}
