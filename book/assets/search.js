// Search by Pagefind in the theme's own fields: the dialog (Ctrl+K) and the search page.

const TEXT = {
  zh: {
    results: "搜索结果",
    found: "“{query}”：{n} 页",
    none: "没有找到“{query}”。换一个词，或者少写几个字试试。",
    failed: "搜索索引没有加载成功。刷新页面可以再试一次。",
  },
}.zh;
const PAGES = 8; // shown in the dialog; the search page shows all
const SECTIONS = 3; // of one page
const FEW = 3;
const MOST = 40; // pages that are read for one query
const WIDE = "\\u3000-\\u303f\\uff00-\\uffef“”‘’…—"; // punctuation
const [HAN, WORD] = ["\\u3400-\\u9fff", "\\p{L}\\p{N}"];
const CHARACTERS = new RegExp(
  `(?<=[${HAN}])(?=[${HAN}])|(?<=[${WIDE}])(?=[${WORD}])|(?<=[${WORD}])(?=[${WIDE}])`,
  "gu",
);
const SPACES = new RegExp(
  `(?<=[${HAN}${WIDE}]) (?=[${HAN}${WIDE}])|(?<=[${WIDE}]) | (?=[${WIDE}])`,
  "gu",
);
const PAUSE = 120; // ms after the last key

const folder = new URL("./pagefind/", import.meta.url);
const root = new URL(document.documentElement.dataset.content_root, location.href);
let engine = null;

function load() {
  engine ??= import(new URL("pagefind.js", folder).href)
    .then(async (pagefind) => {
      await pagefind.options({
        basePath: folder.pathname,
        baseUrl: root.pathname,
        excerptLength: 24,
        noWorker: true, // the index is small, and file:// has no workers
      });
      await pagefind.init();
      return pagefind;
    })
    .catch((error) => {
      engine = null;
      throw error;
    });
  return engine;
}

// Every Chinese character is a word of the index; finding.py has the same function.
const apart = (text) => text.replace(CHARACTERS, " ");
const together = (text) => text.replace(SPACES, "");

// Pages with the query as it stands; if there are few, also those with all its words.
async function find(query, most) {
  const pagefind = await load();
  const words = apart(query.replaceAll('"', " "));
  const { results } = await pagefind.search(`"${words}"`);
  if (results.length < FEW) {
    const known = new Set(results.map(({ id }) => id));
    const loose = await pagefind.search(words);
    results.push(...loose.results.filter(({ id }) => !known.has(id)));
  }
  const pages = await Promise.all(results.slice(0, MOST).map((found) => found.data()));
  const terms = [query, ...query.split(/\s+/)].map((term) => term.toLowerCase());
  for (const page of pages) page.weight = weight(page, terms);
  pages.sort((a, b) => b.weight - a.weight);
  return { n: results.length, entries: pages.slice(0, most).map((p) => entry(p, terms)) };
}

// How often a page says what is looked for; in its title or a heading it counts more.
function weight(page, terms) {
  const count = (text) => {
    const plain = together(text).toLowerCase();
    const found = terms.map((term) => plain.split(term).length - 1);
    return found.reduce((sum, n) => sum + Math.log1p(n), 0);
  };
  const headings = page.sub_results.map(({ title }) => title).join(" ");
  return count(page.content) + 2 * count(headings) + 4 * count(page.meta.title);
}

const words = (template, values) =>
  template.replace(/\{(\w+)\}/g, (_, key) => values[key]);

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// The words around what was found, with each of the terms marked.
function excerpt(html, terms) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const text = together(parsed.body.textContent);
  const paragraph = element("p", "book-search-excerpt");
  let rest = text;
  while (rest) {
    const [at, term] = first(rest.toLowerCase(), terms);
    if (at < 0) break;
    const [before, end] = [rest.slice(0, at), at + term.length];
    paragraph.append(before, element("mark", "", rest.slice(at, end)));
    rest = rest.slice(end);
  }
  paragraph.append(rest);
  return paragraph;
}

// Place of the first of the terms in a text, and which one; the longest of equals.
function first(text, terms) {
  const places = terms.map((term) => [text.indexOf(term), term]);
  const found = places.filter(([at, term]) => at >= 0 && term);
  found.sort(([a, s], [b, t]) => a - b || t.length - s.length);
  return found[0] ?? [-1, ""];
}

function link(address, title, className) {
  const anchor = element("a", className, together(title));
  anchor.href = address;
  return anchor;
}

function entry(page, terms) {
  const item = element("li", "", link(page.url, page.meta.title, "book-search-page"));
  const sections = page.sub_results
    .filter(({ url, title }) => url.includes("#") && title !== page.meta.title)
    .map((section) => ({ section, score: saying(section, terms) }));
  sections.sort((a, b) => b.score - a.score);
  if (!sections.length) item.append(excerpt(page.excerpt, terms));
  for (const { section } of sections.slice(0, SECTIONS)) {
    const part = link(section.url, section.title, "book-search-section");
    part.append(excerpt(section.excerpt, terms));
    item.append(part);
  }
  return item;
}

// A section whose heading has the query, then one whose words have it, then the rest.
function saying({ title, excerpt: words, locations }, [query]) {
  const has = (text) => together(text.replace(/<[^>]+>/g, "")).toLowerCase().includes(query);
  return 200 * has(title) + 100 * has(words) + Math.min(locations.length, 99);
}

class Search {
  constructor(form, limit) {
    Object.assign(this, { form, limit, turn: 0 });
    this.input = form.querySelector("input[type=search]");
    this.status = element("p", "book-search-status");
    this.status.setAttribute("role", "status");
    this.list = element("ol", "book-search-list");
    this.list.setAttribute("aria-label", TEXT.results);
    this.box = element("div", "book-search", this.status, this.list);
    form.after(this.box);
    this.input.addEventListener("focus", () => load().catch(() => {}), { once: true });
    this.input.addEventListener("input", () => this.soon());
    form.parentElement.addEventListener("keydown", (event) => this.key(event));
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), PAUSE);
  }

  async run() {
    const query = this.input.value.trim();
    const turn = ++this.turn; // an older answer never replaces a newer one
    if (!query) return this.show("", []);
    try {
      const { n, entries } = await find(query, this.limit);
      if (turn !== this.turn) return;
      this.show(words(n ? TEXT.found : TEXT.none, { query, n }), entries);
    } catch (error) {
      console.warn("search:", error);
      if (turn === this.turn) this.show(TEXT.failed, []);
    }
  }

  show(status, items) {
    this.status.textContent = status;
    this.list.replaceChildren(...items);
  }

  // Arrow keys walk through field and results.
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [this.input, ...this.list.querySelectorAll("a")];
    const next = stops.indexOf(document.activeElement) + step;
    if (!stops[next]) return;
    event.preventDefault();
    stops[next].focus();
  }
}

function start() {
  const dialog = document.querySelector("#pst-search-dialog form");
  if (dialog) new Search(dialog, PAGES);
  const page = document.querySelector(".bd-search-container form");
  if (!page) return;
  const search = new Search(page, Infinity);
  page.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = search.input.value;
    history.replaceState(null, "", `?${new URLSearchParams({ q: query })}`);
    search.run();
  });
  search.input.value = new URLSearchParams(location.search).get("q") ?? "";
  search.run();
}

start();
