import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "../support/command.ts";
import { makeGuide } from "../support/guide.ts";
import { expectExit, given, sharedProject } from "../support/project.ts";

const project = sharedProject();
const tsx = import.meta.resolve("tsx");

/** Named exports that Node.js does not find: it does not run the code. */
const hidden = "for (const name of ['chunk']) exports[name] = () => name;\n";
const lib = (fields: object = {}) => JSON.stringify({ name: "lib", ...fields });
/** A package that is CommonJS. */
const commonJs = (code: string) => ({
  "node_modules/lib/package.json": lib(),
  "node_modules/lib/index.js": code,
});

/** A step, the files next to it, and what it prints with tsx: nothing where it fails. */
type Case = [what: string, step: string, files: Record<string, string>, printed?: string];

const cases: Case[] = [
  [
    "a name that Node.js does not find in a CommonJS package",
    'import { chunk } from "lib"; console.log(chunk());',
    commonJs(hidden),
  ],
  [
    "a CommonJS package as a whole",
    'import lib from "lib"; console.log(lib.chunk());',
    commonJs(hidden),
    "chunk",
  ],
  [
    "a name that Node.js does not find in a CommonJS module",
    'import { chunk } from "./lib.cjs"; console.log(chunk());',
    { "steps/lib.cjs": hidden },
  ],
  [
    "a package that is not in strict mode",
    'import lib from "lib"; console.log(lib.total);',
    commonJs("total = 3; exports.total = total;\n"),
    "3",
  ],
  [
    "a package that has an entry for bundlers",
    'import text from "lib"; console.log(text);',
    {
      "node_modules/lib/package.json": lib({
        exports: { module: "./bundler.mjs", default: "./node.mjs" },
      }),
      "node_modules/lib/bundler.mjs": 'export default "bundler";\n',
      "node_modules/lib/node.mjs": 'export default "node";\n',
    },
    "node",
  ],
  [
    "a package that a package and the step import",
    'import two from "two"; import { pg } from "lib"; import own from "pg"; console.log(pg === own, two);',
    {
      ...commonJs('exports.pg = require("pg");\n'),
      "node_modules/two/package.json": '{ "name": "two", "type": "module", "main": "index.js" }',
      "node_modules/two/index.js": "export default 2;\n",
      "node_modules/pg/package.json": '{ "name": "pg" }',
      "node_modules/pg/index.js": "module.exports = class {};\n",
    },
    "true 2",
  ],
  [
    "a module, and what it was once compiled to",
    'import { a } from "./lib/a.js"; import { b } from "./lib/b.mjs"; console.log(a, b);',
    {
      "steps/lib/a.ts": 'export const a = "a.ts";\n',
      "steps/lib/a.js": 'export const a = "a.js";\n',
      "steps/lib/b.mts": 'export const b = "b.mts";\n',
      "steps/lib/b.mjs": 'export const b = "b.mjs";\n',
    },
    "a.ts b.mts",
  ],
  [
    "a module in JavaScript that imports one",
    'import { a } from "./lib/all.js"; console.log(a);',
    {
      "steps/lib/all.js": 'export { a } from "./a.js";\n',
      "steps/lib/a.ts": 'export const a = "a.ts";\n',
      "steps/lib/a.js": 'export const a = "a.js";\n',
    },
    "a.js",
  ],
  ["a text", 'import text from "./a.txt"; console.log(text);', { "steps/a.txt": "a" }],
  ["a style sheet", 'import "./a.css"; console.log(1);', { "steps/a.css": "a {}" }],
  [
    "JSON",
    'import all, { a } from "./a.json"; import b from "./a.json" with { type: "json" }; console.log(all, a, b);',
    { "steps/a.json": '{ "a": 1 }' },
    "{ a: 1 } 1 { a: 1 }",
  ],
  ["require", 'console.log(require("node:os").EOL.length);', {}],
  ["a name that Node.js does not have", 'import { no } from "node:fs"; console.log(no);', {}],
  [
    "a type among the exports",
    'export { Book } from "../lib/book.ts"; console.log(1);',
    { "lib/book.ts": "export interface Book {}\n" },
  ],
  ["a constant before its time", "console.log(late); const late = 1;", {}],
  [
    "modules that need each other too soon",
    'import { two } from "../lib/two.ts"; export const one = 1; console.log(two);',
    { "lib/two.ts": 'import { one } from "../steps/01-say.ts"; export const two = one;\n' },
  ],
  [
    "a module for its side effects, in a package without",
    'import "../lib/set.ts"; console.log(process.title);',
    {
      "package.json": '{ "type": "module", "sideEffects": false }',
      "lib/set.ts": 'process.title = "set";\n',
    },
    "set",
  ],
  [
    "a module whose name is known when it runs",
    `const name = "one"; console.log((await import(\`../lib/\${name}.ts\`)).one, import.meta.url.slice(-9));`,
    { "lib/one.ts": "export const one: number = 1;\n" },
    "1 01-say.ts",
  ],
  [
    "a module by an alias",
    'import { one } from "#one"; console.log(one);',
    {
      "package.json": '{ "type": "module", "imports": { "#one": "./lib/one.ts" } }',
      "lib/one.ts": "export const one: number = 1;\n",
    },
    "1",
  ],
];

/** A green run is evidence that the reader's will be. */
test.each(cases)(
  "a step is verified where it runs by hand: %s",
  async (_, step, files, printed) => {
    const guide = makeGuide({ runs: ["01-say"], drivers: ["pg"] }, []);
    const all = { "steps/01-say.ts": `/*\n# Say\n*/\n${step}\n`, ...files };
    for (const [name, text] of Object.entries(all)) guide.write(name, text);
    const byHand = await runNode(["--import", tsx, join(guide.directory, "steps/01-say.ts")], {});
    // Whatever it prints would be verified from then on.
    const run = await project.guide(["--guide", guide.directory, "--update"], given);
    expectExit(byHand, printed === undefined ? 1 : 0);
    if (printed === undefined) {
      expect(run.code).toBeGreaterThan(0);
      return;
    }
    expectExit(run, 0);
    expect(byHand.stdout).toBe(`${printed}\n`);
    expect(guide.read("expected/01-say.txt")).toBe(`${printed}\n`);
  },
);
