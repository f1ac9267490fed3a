// The site on a double click: browsers load no modules and fetch nothing from file://,
// but they run classic scripts. offline.py packs every module and asset into one; this
// loader unpacks them when they are asked for, modules as blobs with linked imports.

const aigcOffline = (() => {
  const script = document.currentScript;
  const base = new URL("./", script.src).href; // of _static, as file://…
  const virtual = "https://offline.invalid/"; // libraries treat file:// as a bundler's
  const packed = new Map(); // path -> base64
  const loading = new Map(); // path -> promise of base64
  const linked = new Map(); // path -> promise of a blob's address

  const withoutQuery = (url) => new URL(url, base).href.replace(/[?#].*$/, "");

  function pathOf(url) {
    const plain = withoutQuery(url);
    for (const start of [base, virtual]) {
      if (plain.startsWith(start)) return decodeURI(plain.slice(start.length));
    }
    throw new TypeError(`not in this archive: ${url}`);
  }

  function load(path) {
    if (!loading.has(path)) loading.set(path, new Promise((resolve, reject) => {
      const node = document.createElement("script");
      node.src = `${base}offline/${path}.js`;
      node.onload = () => resolve(packed.get(path));
      node.onerror = () => reject(new TypeError(`not in this archive: ${path}`));
      document.head.append(node);
    }));
    return loading.get(path);
  }

  async function bytes(path) {
    const text = atob(await load(path));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }

  function link(path) {
    if (!linked.has(path)) linked.set(path, build(path));
    return linked.get(path);
  }

  async function build(path) {
    const own = (path.startsWith("vendor/") ? virtual : base) + path;
    let text = new TextDecoder().decode(await bytes(path));
    const imports = /((?:from|import)\s*)"(\.[^"]+)"/g;
    const found = [...text.matchAll(imports)].map(([, , name]) => name);
    const addresses = await Promise.all(
      found.map((name) => link(pathOf(new URL(name, own)))),
    );
    text = text.replace(imports, (_, word) => `${word}"${addresses.shift()}"`);
    text = text.replaceAll("import.meta.url", JSON.stringify(own));
    text = text.replace(/\bimport\(/g, "aigcOffline.import(");
    return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  }

  const modules = script.dataset.modules.split(" ");
  addEventListener("DOMContentLoaded", () => {
    for (const path of modules) {
      link(path).then((address) => import(address)).catch(console.error);
    }
  });

  return {
    put: (path, base64) => packed.set(path, base64),
    import: async (url) => import(await link(pathOf(url))),
    fetch: async (url) => new Response(await bytes(pathOf(url))),
  };
})();
window.aigcOffline = aigcOffline;
window.fetch = aigcOffline.fetch; // the browser's own refuses every file
