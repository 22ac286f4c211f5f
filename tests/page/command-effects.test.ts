import { expect, test } from "vitest";
import { effectOf, reachesOut } from "../../runner/page/shell/command-effects.ts";

const files = new Map([
  ["app.py", { content: "print(1)" }],
  ["src/app.js", { content: "console.log(1)" }],
]);

test.each([
  ["python3 app.py | head"],
  ["python3.12 app.py | head"],
  ["py app.py | head"],
  ["node ./src/app.js | head"],
  ["node --enable-source-maps src/app.js | head"],
  ["ts-node src/app.js | head"],
])("%s changes nothing", (command) => {
  expect(effectOf(command, files)).toMatchObject({ files: [], mayWrite: false, isUnknown: false });
});

test.each([["node seed.js | head"], ["docker exec app python3.12 app.py"], ["gh pr checkout 3"]])(
  "%s may change anything",
  (command) => {
    expect(effectOf(command, files)).toMatchObject({ mayWrite: true, isUnknown: true });
  },
);

test.each([
  ["rm app.py", ["app.py"]],
  ["scp me@host:app.py app.py", ["app.py"]],
  ["xdg-open app.py", ["app.py"]],
  ["sort -o app.py app.py", ["app.py"]],
  ["git add app.py", []],
  ["mv 'old notes.txt' \"src/app.js\"", ["src/app.js", "old notes.txt"]],
])("%s changes %j", (command, changed) => {
  expect(effectOf(command, files).files).toEqual(changed);
});

test.each([
  ['import pg from "pg";', true],
  ['const { Pool } = await import("pg");', true],
  ['const pg = require( "pg" );', true],
  ['import { a } from "./a.js";', false],
  ["console.log(1)", false],
])("%s reaches out of the page's files: %s", (source, reaches) => {
  expect(reachesOut([source])).toBe(reaches);
});
