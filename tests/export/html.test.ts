import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { html } from "../../runner/document/html.ts";
import { toHtml } from "../../runner/document/html-page.ts";
import { codeFigure, prose } from "../../runner/document/html-prose.ts";
import { ownDocument, smallDocument } from "./support.ts";

let made: Promise<string> | undefined;

/** The page of this project's own guide. Making it takes a second: all tests look at the same one. */
function ownPage(): Promise<string> {
  made ??= ownDocument().then((document) => toHtml(document));
  return made;
}

test("the policy names each script and style by its hash, and allows nothing else", async () => {
  const page = await ownPage();
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
  expect(policy).toMatch(
    /^default-src &#39;none&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;; /,
  );
  expect(policy).not.toContain("unsafe");

  const parts = [...page.matchAll(/<(script|style)[^>]*>([\s\S]*?)<\/\1>/g)];
  expect(parts.length).toBeGreaterThan(4);
  for (const [, , text = ""] of parts) {
    expect(policy).toContain(createHash("sha256").update(text).digest("base64"));
  }
  expect(page).not.toMatch(/ style=| on\w+="/);
});

test("loads nothing", async () => {
  const page = await ownPage();
  expect(page).not.toMatch(/<(img|iframe|object|embed|video|audio|base|form)\b/);
  expect(page).not.toMatch(/ src=|@import|url\(/);
  expect([...page.matchAll(/<link[^>]*>/g)].map(([link]) => link)).toEqual([
    expect.stringContaining('rel="icon" href="data:image/svg+xml,'),
  ]);
});

test("says with which libraries an output was verified, or that it was not", async () => {
  const page = await ownPage();
  expect(page.match(/✓ Verified with pg and postgres\.js/g)).toHaveLength(6);
  expect(page).toContain("✓ 6 outputs verified with pg and postgres.js");

  const one = await toHtml(
    await ownDocument((_, output) => ({ ...output, clients: ["postgres"] })),
  );
  expect(one).toContain("✓ 6 outputs verified with postgres.js");

  const half = await toHtml(
    await ownDocument((name, output) => ({ ...output, verified: name.startsWith("02") })),
  );
  expect(half.match(/! Not verified/g)).toHaveLength(3);
  expect(half).toContain("! 3 of 6 outputs are not verified");
});

test("text is text", async () => {
  const page = await toHtml(await smallDocument("</samp><script>alert(1)</script>\x00\n"));
  expect(page).toContain("&lt;/samp&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\x00");
  expect(page).toContain("<title>Small &lt;guide&gt;</title>");
});

test("a template escapes what is put into it", () => {
  const inner = html`<b title="${"\"'"}">${"<&>"}</b>`;
  expect(html`${inner}${[1, inner]}${undefined}`.text).toBe(
    `<b title="&quot;&#39;">&lt;&amp;&gt;</b>1<b title="&quot;&#39;">&lt;&amp;&gt;</b>`,
  );
});

test.each([
  [
    "a <b>bold</b> &amp; <script>x</script>",
    "<p>a &lt;b&gt;bold&lt;/b&gt; &amp; &lt;script&gt;x&lt;/script&gt;</p>\n",
  ],
  ["<div onclick=x>\n", "&lt;div onclick=x&gt;\n"],
  [
    '[a](https://neon.com/?a=1&b="2)',
    '<p><a href="https://neon.com/?a=1&amp;b=&quot;2">a</a></p>\n',
  ],
  ["[a](docs/x.md#y)", '<p><a href="docs/x.md#y">a</a></p>\n'],
  ["[a](javascript:alert(1))", "<p>a</p>\n"],
  ["[a](JaVaScRiPt:alert)", "<p>a</p>\n"],
  [
    "[a](&#106;avascript:alert)",
    expect.stringMatching(/^<p>(a|<a href="&amp;#106;avascript:alert">a<\/a>)<\/p>/),
  ],
  ["[a](data:text/html,x)", "<p>a</p>\n"],
  ["<javascript:alert>", "<p>javascript:alert</p>\n"],
  [
    "![a <b>](https://x.example/y.png)",
    '<p><a href="https://x.example/y.png">a &lt;b&gt;</a></p>\n',
  ],
  ["## Low", "<h3>Low</h3>\n"],
])("the Markdown %s", (markdown, expected) => {
  expect(prose(markdown).text).toEqual(expected);
});

test.each(["", "no-such-language", "constructor", "text"])("code in %j is plain", (language) => {
  expect(codeFigure("a < b", language).text).toContain('<span class="line">a &lt; b\n</span>');
});

test.each([
  ["ts", "const a = 1;", "keyword", "const"],
  ["typescript", "const a = 1;", "keyword", "const"],
  ["ts", 'f("x")', "string", "&quot;x&quot;"],
  ["sql", "SELECT 1", "keyword", "SELECT"],
  ["py", "import os", "keyword", "import"],
  ["sh", "# install", "comment", "# install"],
  ["json", '{ "a": true }', "constant", "true"],
  ["yaml", "a: 1", "constant", "1"],
  ["ini", 'A="b"', "string", "b"],
])("in %s, %s has a %s", (language, code, kind, text) => {
  expect(codeFigure(code, language).text).toContain(`<span class="syntax-${kind}">${text}</span>`);
});

test("a word of a shell is an element, so that no line breaks after a hyphen", () => {
  expect(codeFigure("npm i --save-dev", "sh").text).toContain(
    '<span class="line"><span class="syntax-function">npm</span> <span>i</span> <span>--save-dev</span>\n</span>',
  );
});

test("a colour ends with its line", () => {
  expect(codeFigure("/* a\n b */", "ts").text).toContain(
    '<span class="line"><span class="syntax-comment">/* a</span>\n</span><span class="line"><span class="syntax-comment"> b */</span>\n</span>',
  );
});
