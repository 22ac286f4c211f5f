import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";

const esm = 'import { basename } from "node:path";\nconsole.log(basename("/a/b"));';
const typed =
  "import { basename } from 'node:path';\nconst name: string = basename('/a/b');\nconsole.log(name);";
const program = (name: string, code: string): Part => [`js title="${name}"`, code];
const runs = (command: string): Part[] => [
  ["sh", command],
  ["text", "b"],
];
const other: readonly Part[] = [
  program("other.mjs", 'console.log("b");'),
  ...runs("node other.mjs"),
];
const init: Part = ["sh", "mkdir app && cd app\nnpm init -y"];

test.each([
  ["npm init -y", "app.js", esm, "node app.js"],
  ["npm init --yes > /dev/null", "app.js", `"use strict";${esm}`, "node app.js"],
  ["npm init", "app.js", 'export default 1;\nconsole.log("b");', "node app.js"],
  ["pnpm init", "app.js", esm, "node --env-file=.env app.js"],
  ["npm init -y", "app.js", 'const b = await "b";\nconsole.log(b);', "npx tsx app.js"],
])("after %j, %s may be CommonJS", async (command, name, code, run) => {
  const page = pageOf(["sh", command], program(name, code), ...runs(run), ...other);
  const result = await makePage(page).run();
  expect(result.stdout).toMatch(
    /Not verified: "p?npm init.*" may make app\.js CommonJS, as npm 11 does, and it is an ES module: add "npm pkg set type=module" below it\./,
  );
});

test("a program is not verified that imports an ES module", async () => {
  const files = [
    program("letters.js", "export const b = 'b';"),
    program("a.mjs", "import { b } from './letters.js';\nconsole.log(b);"),
  ];
  const page = pageOf(init, ...files, ...runs("node a.mjs"), ...other);
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test("a page of one such program says what it lacks", async () => {
  const result = await makePage(pageOf(init, program("app.js", esm), ...runs("node app.js"))).run();
  expect(result.stderr).toContain('nothing to verify: in line 13, "npm init -y" may make app.js');
});

test.each<readonly [string, readonly Part[]]>([
  ["npm pkg set", [["sh", "npm pkg set type=module"]]],
  ["npm pkg set in quotes", [["sh", 'npm pkg set "type=module"']]],
  ["a package.json", [['json title="package.json"', '{ "type": "module" }']]],
  ["a part of it", [["json", '"type": "module"']]],
  ["a text", ['Add `"type": "module"` to your package.json.']],
  ["other words", ["In package.json, set `type` to `module`."]],
  ["an edit", [["sh", "nano package.json"]]],
])("a program is verified after %s", async (_, parts) => {
  const page = pageOf(init, ...parts, program("app.js", esm), ...runs("node app.js"));
  await expectReport(makePage(page).run(), 0, "The output is verified");
});

test.each<readonly [string, readonly Part[]]>([
  ["of CommonJS", [init, program("app.js", 'console.log("b");'), ...runs("node app.js")]],
  ["with another ending", [init, program("app.mjs", esm), ...runs("node app.mjs")]],
  ["that tsx runs", [init, ['ts title="app.ts"', typed], ...runs("npx tsx app.ts")]],
  ["without npm init", [["sh", "npm install pg"], program("app.js", esm), ...runs("node app.js")]],
  ["of ES modules", [["sh", "npm init es6 -y"], program("app.js", esm), ...runs("node app.js")]],
  ["above npm init", [program("app.js", esm), ...runs("node app.js"), init]],
  [
    "with a package.json above npm init",
    [
      ['json title="package.json"', '{ "type": "module" }'],
      init,
      program("app.js", esm),
      ...runs("node app.js"),
    ],
  ],
])("a program %s is verified", async (_, parts) => {
  await expectReport(makePage(pageOf(...parts)).run(), 0, "The output is verified");
});

test("a text that says not to do it changes nothing", async () => {
  const text = 'You do not need `"type": "module"` in package.json.';
  const page = pageOf(init, text, program("app.js", esm), ...runs("node app.js"), ...other);
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});
