// Which self-checks were answered right: in this browser's local storage alone.

const KEY = "aigc-checks";
const CHANGED = "aigc:record";
let fallback = {}; // where storage is blocked: until the page is left

// The self-checks that run in this document: in Jupyter each has a module of its own.
export const started = (document[Symbol.for(CHANGED)] ??= new Set());

// {id: answer} of all self-checks; empty if the store is damaged.
export function recorded() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const fits = stored && typeof stored === "object" && !Array.isArray(stored);
    return { ...fallback, ...(fits ? stored : {}) };
  } catch {
    return fallback;
  }
}

export function keep(id, answer) {
  store({ ...recorded(), [id]: answer });
}

export function forget(ids) {
  const rest = recorded();
  for (const id of ids) delete rest[id];
  store(rest);
}

function store(all) {
  try {
    fallback = {};
    if (Object.keys(all).length) localStorage.setItem(KEY, JSON.stringify(all));
    else localStorage.removeItem(KEY);
  } catch {
    fallback = all;
  }
  announce();
}

// Let every self-check here look at the record and at the others again.
export function announce() {
  document.dispatchEvent(new Event(CHANGED));
}

// Call when the record changes, here or in another tab; gives a function that ends it.
export function followRecord(listener) {
  const other = (event) => {
    if (event.key === KEY || event.key === null) listener();
  };
  document.addEventListener(CHANGED, listener);
  window.addEventListener("storage", other);
  return () => {
    document.removeEventListener(CHANGED, listener);
    window.removeEventListener("storage", other);
  };
}
