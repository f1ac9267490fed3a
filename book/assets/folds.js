// What is folded in a text: a result of the search opens it, and so does paper.

const FOLDS = ".bd-article details:not([open], .aigc-explorer *)";
const KEY = "aigc-found"; // what was looked for, until the page of the result is there

let opened = [];

// On paper everything stands open but what a self-check or a prediction holds back.
export function unfold(printing) {
  if (printing) opened = [...document.querySelectorAll(FOLDS)];
  for (const fold of opened) fold.open = printing;
}

// Where storage is blocked nothing is remembered, and folds stay closed.
function stored(action) {
  try {
    return action(sessionStorage);
  } catch {
    return null;
  }
}

// A result has been chosen: its page will ask.
export function remember(query) {
  stored((storage) => storage.setItem(KEY, query));
}

async function openFound() {
  const query = stored((storage) => storage.getItem(KEY));
  if (!query) return;
  const section = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const found = section && (await foldThatSays(query, section));
  if (found) {
    found.open = true;
    found.scrollIntoView({ block: "nearest" });
  }
  stored((storage) => storage.removeItem(KEY));
}

// The first fold of a section that has the words of a query, if nothing in the open has.
async function foldThatSays(query, section) {
  const { find, prepare } = await import(new URL("matching.js", import.meta.url).href);
  const says = (text) => {
    const sections = [{ title: "", text: text.replace(/\s+/g, " ") }];
    const { hits, loose } = find([prepare({ title: "", sections })], query);
    return hits.length > 0 && !loose;
  };
  const folds = [...section.querySelectorAll(FOLDS)];
  const less = (text, fold) => text.replace(fold.textContent, "");
  const shown = folds.reduce(less, section.textContent);
  return says(shown) ? null : folds.find((fold) => says(fold.textContent));
}

addEventListener("hashchange", openFound);
openFound();
