// Typesets formulas: a JSON list of {tex, display} on stdin, a list of {html} or {error} on stdout.
import katex from "katex";

let input = "";
for await (const chunk of process.stdin) input += chunk;

const typeset = ({ tex, display }) => {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml",
      // A formula card marks its symbols with \s{w}, or \sym{δ}{\delta}; nothing else may write HTML.
      macros: { "\\s": "\\sym{#1}{#1}", "\\sym": "\\htmlData{symbol=#1}{#2}" },
      trust: ({ command }) => command === "\\htmlData",
      strict: (code) => (code === "htmlExtension" ? "ignore" : "error"),
      throwOnError: true,
    });
    // The TeX beside the MathML is read by nobody here, and is a fortieth of a page's weight.
    return { html: html.replace(/<annotation[^>]*>.*?<\/annotation>/s, "") };
  } catch (error) {
    return { error: error.message };
  }
};

process.stdout.write(JSON.stringify(JSON.parse(input).map(typeset)));
