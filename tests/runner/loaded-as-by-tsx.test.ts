import { execFile } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { directoryForFile, filesIn } from "../support/files.ts";
import { root } from "../support/programs.ts";

const directory = directoryForFile("loaded");
let count = 0;

/** The files of a guide, by their paths. The script is `steps/01-say.ts`. */
type Files = Readonly<Record<string, string>>;

const modulePackage = { "package.json": '{ "type": "module" }' };

const lib = (files: Files, manifest = "{}"): Files => ({
  "node_modules/lib/package.json": manifest,
  ...Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`node_modules/lib/${name}`, text]),
  ),
});

/** What a script prints. */
const works: [string, Files, string][] = [
  [
    "functions of a helper, which knows its own file",
    {
      "steps/01-say.ts":
        'import { name } from "./lib/helper.ts"; console.log(name, import.meta.filename.slice(-8));',
      "steps/lib/helper.ts":
        'import { basename } from "node:path";\nexport const name: string = basename(new URL(import.meta.url).pathname);',
    },
    "helper.ts 1-say.ts",
  ],
  [
    "a helper by the name that TypeScript has for it, and by its folder's",
    {
      "steps/01-say.ts": 'import { a } from "./a.js"; import { b } from "./b"; console.log(a, b);',
      "steps/a.ts": "export const a: number = 1;",
      "steps/b/index.ts": "export const b: number = 2;",
    },
    "1 2",
  ],
  [
    "JSON, with and without attributes",
    {
      "steps/01-say.ts": `import one, { name } from "./one.json"; import two from "./one.json" with { type: "json" };
console.log(one.name, name, two.name, (await import("./one.json", { with: { type: "json" } })).default.name);`,
      "steps/one.json": '{ "name": "n" }',
    },
    "n n n n",
  ],
  [
    "a CommonJS package, with files next to it, and what it does without",
    {
      "steps/01-say.ts": 'import lib, { text } from "lib"; console.log(lib.text, text, lib.other);',
      ...lib({
        "index.js": `exports.text = require("fs").readFileSync(__dirname + "/text.txt", "utf8");
try { exports.other = require("not-there"); } catch (error) { exports.other = error.code; }`,
        "text.txt": "beside it",
      }),
    },
    "beside it beside it MODULE_NOT_FOUND",
  ],
  [
    "the packages of a usual script, by their names",
    {
      "steps/01-say.ts": `import "dotenv/config"; import { parse } from "dotenv"; import dotenv from "dotenv";
import pg, { Client, types } from "pg"; import postgres from "postgres"; import * as all from "pg";
console.log(parse("A=1").A, dotenv.parse === parse, pg.Client === Client, types.builtins.INT4, all.default === pg, typeof postgres);`,
      "node_modules/.keep": "",
    },
    "1 true true 23 true function",
  ],
  [
    "a package that is there as an ES module and as CommonJS, once",
    {
      "steps/01-say.ts":
        'import { Thing } from "lib"; import { isThing } from "user"; console.log(isThing(new Thing()));',
      ...lib({ "index.js": "exports.Thing = class {};" }),
      "node_modules/user/package.json": '{ "type": "module", "main": "index.js" }',
      "node_modules/user/index.js":
        'import { Thing } from "lib"; export const isThing = (one) => one instanceof Thing;',
    },
    "true",
  ],
  [
    "modules whose names are made when it runs",
    {
      "steps/01-say.ts": `for (const name of ["one", "two"]) console.log((await import(\`./lib/\${name}.ts\`)).default);
const fs = ["node", "fs"].join(":"); console.log(typeof (await import(fs)).readFileSync);`,
      "steps/lib/one.ts": 'import "./two.ts"; export default 1 as number;',
      "steps/lib/two.ts": "export default 2 as number;",
    },
    "1\n2\nfunction",
  ],
  [
    "classes, enums and decorators by their names",
    {
      "tsconfig.json": '{ "compilerOptions": { "experimentalDecorators": true } }',
      "steps/01-say.ts": `enum Color { Red }
const mark = (target: { readonly name: string }) => console.log(target.name, import.meta.filename.length > 0);
@mark class Book { constructor(readonly title: string) {} }
console.log(new Book("Dune"), Color[0], (() => {}).name, new (class Result {})());`,
    },
    "Book true\nBook { title: 'Dune' } Red  Result {}",
  ],
  [
    "no require, and its own name for it",
    {
      "steps/01-say.ts": `import { createRequire } from "node:module";
console.log(typeof module, typeof __dirname);
const require = createRequire(import.meta.url); console.log(require("lib").a);`,
      ...lib({ "index.js": "exports.a = 1;" }),
    },
    "undefined undefined\n1",
  ],
];

interface Loaded {
  readonly stdout: string;
  readonly stderr: string;
}

const node = (words: readonly string[]): Promise<Loaded> =>
  new Promise((resolve) =>
    execFile(process.execPath, words, (_, stdout, stderr) => resolve({ stdout, stderr })),
  );

async function run(files: Files) {
  const own = filesIn(join(directory, String(count++)));
  for (const [name, text] of Object.entries({ ...modulePackage, ...files })) own.write(name, text);
  if (files["node_modules/.keep"] !== undefined) {
    for (const name of ["dotenv", "pg", "postgres"]) {
      symlinkSync(
        join(root, "node_modules", name),
        join(own.directory, "node_modules", name),
        "junction",
      );
    }
  }
  const file = join(own.directory, "steps/01-say.ts");
  const source = { name: "01-say", file };
  const tsx = node([join(root, "node_modules/tsx/dist/cli.mjs"), file]);
  const programs = await compileSteps([source], join(own.directory, "out"));
  return { tsx: await tsx, compiled: await node([programs.get(source) ?? ""]) };
}

describe("a script is loaded as by tsx", () => {
  test.each(works)("%s", async (_, files, printed) => {
    const { tsx, compiled } = await run(files);
    expect(tsx.stdout, tsx.stderr).toBe(`${printed}\n`);
    expect(compiled.stdout, compiled.stderr).toBe(tsx.stdout);
  });
});
