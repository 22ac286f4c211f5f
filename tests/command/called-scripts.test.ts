import { relative } from "node:path";
import { expect, test } from "vitest";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { textsOfSteps } from "../../runner/guide/step-texts.ts";
import { expectRefused } from "../support/command.ts";
import { makeFiles } from "../support/files.ts";
import { otherGuide } from "../support/shell-guide.ts";

const shell = '{ "title": "A", "runs": ["01-a"], "programs": { "sh": ["sh"] } }';
const reset = "psql -h localhost -d shop -c 'DROP TABLE orders'";
const packageOf = (scripts: object) => JSON.stringify({ type: "module", scripts });

test.each<[name: string, files: Readonly<Record<string, string>>, refused: string]>([
  [
    "a script of the package",
    { "steps/01-a.sh": "npm run db:reset", "package.json": packageOf({ "db:reset": reset }) },
    "package.json",
  ],
  [
    "a script of the package with another client",
    {
      "steps/01-a.sh": "yarn db:reset",
      "package.json": packageOf({ "db:reset": "dbmate --url postgres://localhost/shop drop" }),
    },
    "package.json",
  ],
  [
    "a script that another one starts",
    {
      "steps/01-a.sh": "npm test",
      "package.json": packageOf({
        pretest: "pnpm run drop",
        test: "vitest",
        drop: "./scripts/drop",
      }),
      "scripts/drop.sh": reset,
    },
    "scripts/drop.sh",
  ],
  [
    "a script that a program starts",
    {
      "steps/01-a.sh": "node steps/start.mjs",
      "steps/start.mjs": 'execSync("npm run drop");',
      "package.json": packageOf({ drop: reset }),
    },
    "package.json",
  ],
  [
    "make",
    { "steps/01-a.sh": "cd docs && make drop", Makefile: `drop:\n\t${reset}\n` },
    "Makefile",
  ],
  ["just", { "steps/01-a.sh": "just drop", justfile: `drop:\n  ${reset}\n` }, "justfile"],
  [
    "a script of another folder",
    { "steps/01-a.sh": "cd tools && sh ./drop.sh", "tools/drop.sh": reset },
    "tools/drop.sh",
  ],
  [
    "a script of another package",
    {
      "steps/01-a.sh": "(cd app; node --run drop)",
      "app/package.json": packageOf({ drop: reset }),
    },
    "app/package.json",
  ],
  [
    "make in another folder",
    { "steps/01-a.sh": "make -C app", "app/Makefile": `a:\n\t${reset}\n` },
    "app/Makefile",
  ],
  [
    "a program that guide.json names",
    {
      "steps/guide.json":
        '{ "title": "A", "runs": ["01-a"], "programs": { "sh": ["sh", "tools/run.sh"] } }',
      "steps/01-a.sh": "echo A",
      "tools/run.sh": reset,
    },
    "tools/run.sh",
  ],
])("a guide is refused whose steps use the reader's database by %s", async (_, files, refused) => {
  const guide = otherGuide({
    "steps/guide.json": shell,
    "steps/01-a.md": "# A",
    "expected/01-a.txt": "A\n",
    ...files,
  });
  await expectRefused(guide.guide(), `${refused} hardcodes a database on this machine`);
});

test.each<[name: string, files: Readonly<Record<string, string>>, refused: string]>([
  ["in its command line", { "standalone.json": "psql -p 5433 -d shop -f" }, "standalone.json"],
  ["in a file that this names", { "standalone.json": "bash ./run.sh", "run.sh": reset }, "run.sh"],
])(
  "a standalone client is refused that uses the reader's database %s",
  async (_, files, refused) => {
    const { "standalone.json": run, ...others } = files;
    const manifest = { run: [run], check: ["--version"], needs: "it", install: "it" };
    const own = {
      ...others,
      "standalone.json": JSON.stringify(manifest),
    };
    const guide = otherGuide({
      "steps/guide.json": shell,
      "steps/01-a.sh": "echo A",
      "steps/01-a.md": "# A",
      "expected/01-a.txt": "A\n",
      "standalone/own/01-a.sql": "SELECT 1",
      ...Object.fromEntries(
        Object.entries(own).map(([file, text]) => [`standalone/own/${file}`, text]),
      ),
    });
    await expectRefused(guide.guide(["--standalone"]), `${refused} hardcodes a database`);
  },
);

test("the scripts of a package, and what make does, are not searched if no step starts them", async () => {
  const { directory } = makeFiles("guide", {
    "package.json": packageOf({ build: "tsc", "db:reset": reset, rebuild: reset }),
    Makefile: `sure:\n\t${reset}\n`,
    "steps/guide.json": shell,
    "steps/01-a.md": "# A",
    "steps/01-a.sh": "# make sure\necho 'We make it.'; npm run build\n",
  });
  const texts = textsOfSteps(await loadGuide(directory), []);
  const found = [...texts].map(([file, text]) => [relative(directory, file), text.trim()]);
  expect(new Map(found.map(([file, text]) => [file, text]))).toEqual(
    new Map([
      ["steps/01-a.sh", "# make sure\necho 'We make it.'; npm run build"],
      ["steps/guide.json", shell],
      ["package.json", "tsc"],
    ]),
  );
});
