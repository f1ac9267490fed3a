// Search in the theme's own fields: the dialog (Ctrl+K) and the search page.

import { causeOf } from "./explorers/front/failure.js";
import { composing } from "./explorers/front/keys.js";
import { remember } from "./folds.js";

const TEXT = {
  zh: {
    results: "搜索结果",
    found: "“{query}”：{n} 页",
    none: "没有找到“{query}”。换一个词，或者少写几个字试试。",
    loose: "没有找到“{query}”，只找到部分字相同的页：{n} 页",
    failed: "搜索索引没有加载成功。刷新页面可以再试一次。",
  },
}.zh;
const PAGES = 8; // shown in the dialog; the search page shows all
const SECTIONS = 3; // of one page
const PAUSE = 120; // ms after the last key

const folder = new URL("./", import.meta.url);
const index = new URL("search/pages.json", folder);
const root = new URL(document.documentElement.dataset.content_root, location.href);
let loading = null;
let matching = null; // the module, which comes with the index

function load() {
  loading ??= read().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function read() {
  const answer = await fetch(index);
  if (!answer.ok) throw new Error(`${index}: ${answer.status}`);
  matching = await import(new URL("matching.js", folder).href);
  return (await answer.json()).map(matching.prepare);
}

const words = (template, values) =>
  template.replace(/\{(\w+)\}/g, (_, key) => values[key]);

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function link(page, anchor, title, className) {
  const node = element("a", className, title);
  node.href = new URL(page.url + (anchor && `#${anchor}`), root);
  return node;
}

// The words around what was found, with each of the terms marked.
function around(section, patterns) {
  const parts = matching.excerpt(section, patterns).map(([text, marked]) =>
    marked ? element("mark", "", text) : text,
  );
  return element("p", "book-search-excerpt", ...parts);
}

function entry({ page, patterns }) {
  const item = element("li", "", link(page, "", page.title, "book-search-page"));
  const top = page.sections[0];
  const found = matching.sectionsOf({ page, patterns });
  const sections = found.filter((section) => section !== top);
  const shown = top.text ? top : page.sections.find(({ text }) => text);
  if (!sections.length && shown) item.append(around(shown, patterns));
  for (const section of sections.slice(0, SECTIONS)) {
    const part = link(page, section.id, section.title, "book-search-section");
    part.append(around(section, patterns));
    item.append(part);
  }
  return item;
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
    this.input.addEventListener("input", (event) => event.isComposing || this.soon());
    this.input.addEventListener("compositionstart", () => clearTimeout(this.timer));
    this.input.addEventListener("compositionend", () => this.soon());
    this.list.addEventListener("click", (event) => this.chosen(event));
    form.parentElement.addEventListener("keydown", (event) => this.key(event));
    if (this.input.value) this.soon(); // typed before this script came
  }

  // A link that is followed here; one that opens a tab of its own leaves this page.
  chosen(event) {
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (event.target.closest("a") && !elsewhere) remember(this.input.value);
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
      const pages = await load();
      const { hits, loose } = matching.find(pages, query);
      if (turn !== this.turn) return;
      const n = hits.length;
      const template = n ? (loose ? TEXT.loose : TEXT.found) : TEXT.none;
      this.show(words(template, { query, n }), hits.slice(0, this.limit).map(entry));
    } catch (error) {
      console.warn("search:", error);
      const reason = (await causeOf(folder)) ?? TEXT.failed;
      if (turn === this.turn) this.show(reason, []);
    }
  }

  show(status, items) {
    this.status.textContent = status;
    this.list.replaceChildren(...items);
  }

  // Arrow keys walk through field and results.
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || composing(event)) return;
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
