// Formulas in, HTML out: [{tex, display}] on standard input, {html: [...], css} back.
// A formula that MathJax cannot read comes back as {error}.

const fs = require("fs");
const path = require("path");

const [modules, fonts] = process.argv.slice(2);
const { fail } = require("assert");

async function main() {
  const mathjax = require(path.join(modules, "mathjax", "es5", "node-main.js"));
  const MathJax = await mathjax.init({
    loader: { load: ["input/tex", "output/chtml", "a11y/assistive-mml"] },
    tex: { formatError: (_, error) => fail(error.message) },
    chtml: { fontURL: fonts },
  });
  const adaptor = MathJax.startup.adaptor;
  const html = JSON.parse(fs.readFileSync(0, "utf8")).map(({ tex, display }) => {
    try {
      return adaptor.outerHTML(MathJax.tex2chtml(tex, { display }));
    } catch (error) {
      return { error: error.message };
    }
  });
  const css = adaptor.textContent(MathJax.chtmlStylesheet());
  process.stdout.write(JSON.stringify({ html, css }));
}

main();
