import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleSteps } from "../../runner/run/bundle-steps.ts";
import { keepPrograms, manifestOf, takePrograms } from "../../runner/run/program-cache.ts";

type Write = (file: string, text: string) => void;

/** A directory with a step, compiled and kept as if all its files had been there for long. */
async function compiled(step: string, lay: (write: Write, directory: string) => void) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "resolution-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const write: Write = (file, text) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  };
  write("package.json", '{ "type": "module" }');
  lay(write, directory);

  const entry = join(directory, step);
  const manifest = manifestOf(join(directory, ".cache"), [entry]);
  mkdirSync(dirname(manifest), { recursive: true });
  const long = Date.now() + 60_000;
  const programs = await bundleSteps([entry]);
  expect(keepPrograms(manifest, programs, long)).toBeDefined();
  expect(takePrograms(manifest), "nothing was touched").toBeDefined();
  const text = async () =>
    Buffer.concat([...(await bundleSteps([entry])).outputs.values()]).toString("utf8");
  return { directory, write, isStale: () => takePrograms(manifest) === undefined, text };
}

const relink = (target: string, link: string) => {
  rmSync(link);
  symlinkSync(target, link);
};
const says = (word: string) => `export const word = "${word}";\n`;
const uses = (specifier: string) => `import { word } from "${specifier}";\nconsole.log(word);\n`;

/** [case, the step, what there is before, what changes: no file that was read is touched] */
const cases: [string, string, (write: Write, directory: string) => void, typeof change][] = [
  [
    "a link to the guide's directory that is given another target",
    "guide/steps/01.ts",
    (write, directory) => {
      for (const word of ["old", "new"]) write(`${word}/steps/01.ts`, `console.log("${word}");\n`);
      symlinkSync("old", join(directory, "guide"));
    },
    ({ directory }) => relink("new", join(directory, "guide")),
  ],
  [
    "a link to a step that is given another target",
    "steps/01.ts",
    (write, directory) => {
      for (const word of ["old", "new"]) write(`${word}.ts`, `console.log("${word}");\n`);
      mkdirSync(join(directory, "steps"));
      symlinkSync("../old.ts", join(directory, "steps/01.ts"));
    },
    ({ directory }) => relink("../new.ts", join(directory, "steps/01.ts")),
  ],
  [
    "a link to a directory on the way of an import",
    "steps/01.ts",
    (write, directory) => {
      write("steps/01.ts", uses("../lib/deep/h.ts"));
      for (const word of ["old", "new"]) write(`${word}/deep/h.ts`, says(word));
      symlinkSync("old", join(directory, "lib"));
    },
    ({ directory }) => relink("new", join(directory, "lib")),
  ],
  [
    "npm link, to another directory",
    "steps/01.ts",
    (write, directory) => {
      write("steps/01.ts", uses("words"));
      for (const word of ["old", "new"]) {
        write(`${word}/package.json`, '{ "name": "words", "main": "./index.js" }');
        write(`${word}/index.js`, says(word));
      }
      mkdirSync(join(directory, "node_modules"));
      symlinkSync("../old", join(directory, "node_modules/words"));
    },
    ({ directory }) => relink("../new", join(directory, "node_modules/words")),
  ],
  [
    "npm link, in a scope",
    "steps/01.ts",
    (write, directory) => {
      write("steps/01.ts", uses("@my/words"));
      for (const word of ["old", "new"]) write(`${word}/index.js`, says(word));
      mkdirSync(join(directory, "node_modules/@my"), { recursive: true });
      symlinkSync("../../old", join(directory, "node_modules/@my/words"));
    },
    ({ directory }) => relink("../../new", join(directory, "node_modules/@my/words")),
  ],
  [
    "a package nearer to the step",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("words"));
      write("node_modules/words/index.js", says("old"));
    },
    ({ write }) => write("steps/node_modules/words/index.js", says("new")),
  ],
  [
    "h.ts beside h.js",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("../lib/h.js"));
      write("lib/h.js", says("old"));
    },
    ({ write, directory }) => {
      rmSync(join(directory, "lib/h.js"));
      write("lib/h.ts", says("new"));
    },
  ],
  [
    "h.ts before h.js",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("../lib/h"));
      write("lib/h.js", says("old"));
    },
    ({ write }) => write("lib/h.ts", says("new")),
  ],
  [
    "a file before a directory's index",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("../lib/h"));
      write("lib/h/index.ts", says("old"));
    },
    ({ write }) => write("lib/h.ts", says("new")),
  ],
  [
    "a dangling link whose target appears",
    "steps/01.ts",
    (write, directory) => {
      write("steps/01.ts", uses("../lib/h"));
      write("lib/h.js", says("old"));
      symlinkSync("../away/h.ts", join(directory, "lib/h.ts"));
    },
    ({ write }) => write("away/h.ts", says("new")),
  ],
  [
    "a base tsconfig",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("@/h"));
      for (const word of ["old", "new"]) write(`${word}/h.ts`, says(word));
      write("tsconfig.json", '{ "extends": "./config/base", /* the rest */ }');
      write("config/base.json", '{ "compilerOptions": { "paths": { "@/*": ["../old/*"] } } }');
    },
    ({ write }) =>
      write("config/base.json", '{ "compilerOptions": { "paths": { "@/*": ["../new/*"] } } }'),
  ],
  [
    "a base tsconfig in a package",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("@/h"));
      for (const word of ["old", "new"]) write(`${word}/h.ts`, says(word));
      write("tsconfig.json", '{ "extends": ["base/settings.json"] }');
      write(
        "node_modules/base/settings.json",
        '{ "compilerOptions": { "paths": { "@/*": ["../../old/*"] } } }',
      );
    },
    ({ write }) =>
      write(
        "node_modules/base/settings.json",
        '{ "compilerOptions": { "paths": { "@/*": ["../../new/*"] } } }',
      ),
  ],
  [
    "a file that an earlier one of the tsconfig's paths finds",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("@/h"));
      write("old/h.ts", says("old"));
      write("new/other.ts", says("other"));
      write(
        "tsconfig.json",
        '{ "compilerOptions": { "paths": { "@/*": ["./new/*", "./old/*"] } } }',
      );
    },
    ({ write }) => write("new/h.ts", says("new")),
  ],
  [
    "a tsconfig nearer to what is imported",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("../lib/deep/h.ts"));
      write("lib/deep/h.ts", 'export { word } from "@/h";');
      for (const word of ["old", "new"]) write(`${word}/h.ts`, says(word));
      write("tsconfig.json", '{ "compilerOptions": { "paths": { "@/*": ["./old/*"] } } }');
    },
    ({ write }) =>
      write("lib/tsconfig.json", '{ "compilerOptions": { "paths": { "@/*": ["../new/*"] } } }'),
  ],
  [
    "a package's main",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("words"));
      write("node_modules/words/package.json", '{ "main": "./old.js" }');
      for (const word of ["old", "new"]) write(`node_modules/words/${word}.js`, says(word));
    },
    ({ write }) => write("node_modules/words/package.json", '{ "main": "./new.js" }'),
  ],
  [
    "a package's exports",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("words/word"));
      write("node_modules/words/package.json", '{ "exports": { "./word": "./lib/old.js" } }');
      for (const word of ["old", "new"]) write(`node_modules/words/lib/${word}.js`, says(word));
    },
    ({ write }) =>
      write("node_modules/words/package.json", '{ "exports": { "./word": "./lib/new.js" } }'),
  ],
  [
    "a package's main that was not there",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("words"));
      write("node_modules/words/package.json", '{ "main": "./dist/main.js" }');
      write("node_modules/words/dist/other.js", says("other"));
      write("node_modules/words/index.js", says("old"));
    },
    ({ write }) => write("node_modules/words/dist/main.js", says("new")),
  ],
  [
    "a package.json inside a package",
    "steps/01.ts",
    (write) => {
      write("steps/01.ts", uses("words/sub"));
      write("node_modules/words/package.json", "{}");
      write("node_modules/words/sub/index.js", says("old"));
      write("node_modules/words/sub/new.js", says("new"));
    },
    ({ write }) => write("node_modules/words/sub/package.json", '{ "main": "new.js" }'),
  ],
];
declare const change: (made: { write: Write; directory: string }) => void;

test.each(cases)("programs are stale after %s", async (_, step, lay, change) => {
  const made = await compiled(step, lay);
  expect(await made.text()).toContain('"old"');
  change(made);
  expect(await made.text(), "the case is one: esbuild finds the other file").toContain('"new"');
  expect(made.isStale()).toBe(true);
});

test("programs are used again where only the time of reading changed", async () => {
  const { directory, isStale } = await compiled("01.ts", (write) => write("01.ts", says("old")));
  expect(isStale()).toBe(false);
  utimesSync(join(directory, "01.ts"), new Date(0), new Date(0));
  expect(isStale()).toBe(true);
});
