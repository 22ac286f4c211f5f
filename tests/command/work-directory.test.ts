import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ourName } from "../../runner/workspace/find-cache.ts";
import { expectReport } from "../support/command.ts";
import { makeDirectory } from "../support/files.ts";
import { given } from "../support/project.ts";
import { otherGuide } from "../support/shell-guide.ts";

/** A guide in the folder `docs` of a package. */
function makePackage(
  runs: readonly string[],
  files: Readonly<Record<string, string>>,
  drivers?: readonly string[],
) {
  const programs = { sh: ["sh", "-e"], sql: ["psql", "-qXtA", "-f"], cmd: ["npx", "say"] };
  const manifest = JSON.stringify({ title: "A guide", runs, programs, drivers });
  return otherGuide({ "docs/steps/guide.json": manifest, ...files }, "docs");
}

const isWindows = process.platform === "win32";

test("relative paths lead to the guide's files, wherever the command was typed", async () => {
  const guide = makePackage(["01-load", "02-read", "03-shell"], {
    "docs/steps/data.csv": "1\n2\n3\n",
    "docs/steps/more/names.txt": "Dune\n",
    "docs/data/authors.txt": "Herbert\n",
    "docs/steps/01-load.sql":
      "CREATE TABLE numbers (n int);\n\\copy numbers from 'steps/data.csv'\nSELECT sum(n) FROM numbers;\n",
    "docs/steps/01-load.md": "# A",
    "docs/steps/02-read.ts": `/*\n# B\n*/\nimport { readFileSync } from "node:fs";\nconst read = (file) => process.stdout.write(readFileSync(file));\nread("steps/more/names.txt");\nread("data/authors.txt");\n`,
    "docs/steps/03-shell.sh": "cat steps/more/names.txt ./data/authors.txt\n",
    "docs/steps/03-shell.md": "# C",
    "docs/expected/01-load.txt": "6\n",
    "docs/expected/02-read.txt": "Dune\nHerbert\n",
    "docs/expected/03-shell.txt": "Dune\nHerbert\n",
    "docs/standalone/mine/01-load.ts": "console.log(6);\n",
    "docs/standalone/mine/02-read.ts": `import { readFileSync } from "node:fs";\nprocess.stdout.write(readFileSync("steps/more/names.txt") + readFileSync("data/authors.txt"));\n`,
    "docs/standalone/mine/03-shell.ts": `console.log("Dune\\nHerbert");\n`,
  });
  await expectReport(guide.guide(["--standalone"]), 0, "All 3 outputs are verified with 2 clients");
});

test.skipIf(isWindows)("what steps write is their client's, and goes with the run", async () => {
  const write = `/*\n# B\n*/\nimport { appendFileSync, readFileSync } from "node:fs";\nfor (const file of ["out.csv", "steps/out.csv", "steps/more/out.csv"]) {\n  appendFileSync(file, "node\\n");\n  process.stdout.write(readFileSync(file));\n}\n`;
  const both = "shell\nnode\n";
  const files = {
    "docs/steps/more/names.txt": "Dune\n",
    "docs/out.txt": "the reader's\n",
    "docs/steps/01-shell.sh":
      'for file in out.csv steps/out.csv steps/more/out.csv; do echo shell >> $file; cat $file; done\ntest "$PWD" = "$(pwd)"; test "$PWD" = "$(node -p "process.env.PWD")"\nhead -1 out.txt > new; mv new out.txt; rm out.txt\n',
    "docs/steps/01-shell.md": "# A, with names.txt in more/",
    "docs/steps/02-node.ts": write,
    "docs/expected/01-shell.txt": "shell\nshell\nshell\n",
    "docs/expected/02-node.txt": both.repeat(3),
  };
  const guide = makePackage(["01-shell", "02-node"], files, ["pg", "postgres"]);
  const list = () => readdirSync(guide.directory, { recursive: true, encoding: "utf8" }).sort();
  const before = list();
  const here = readdirSync(".");
  for (const _ of ["first", "second"]) {
    await expectReport(guide.guide(), 0, "All 2 outputs are verified with 2 clients");
  }
  expect(list()).toEqual(before);
  expect(guide.read("docs/out.txt")).toBe("the reader's\n");
  expect(readdirSync(".")).toEqual(here);
});

test.skipIf(isWindows)("a step that copies its golden file is not verified", async () => {
  const guide = makePackage(["01-copy"], {
    "docs/steps/01-copy.sh": "cat expected/01-copy.txt\n",
    "docs/steps/01-copy.md": "# A",
    "docs/expected/01-copy.txt": "Dune\n",
  });
  await expectReport(guide.guide(), 1, "expected/01-copy.txt: No such file or directory");
});

test.skipIf(isWindows)("npx and require find what is installed above the guide", async () => {
  const guide = makePackage(["01-npx", "02-require"], {
    "node_modules/say/package.json": '{ "name": "say", "version": "1.0.0", "main": "say.cjs" }',
    "node_modules/say/say.cjs": 'module.exports = "said";\n',
    "node_modules/.bin/say": '#!/bin/sh\ncat "$1"\n',
    "docs/steps/01-npx.cmd": "said\n",
    "docs/steps/01-npx.md": "# A",
    "docs/steps/02-require.ts": `/*\n# B\n*/\nimport { createRequire } from "node:module";\nconsole.log(createRequire(process.cwd() + "/x.js")("say"));\n`,
    "docs/expected/01-npx.txt": "said\n",
    "docs/expected/02-require.txt": "said\n",
  });
  chmodSync(join(guide.directory, "node_modules/.bin/say"), 0o755);
  await expectReport(guide.guide(), 0, "All 2 outputs are verified");
});

test.skipIf(isWindows)("npm changes no package but the client's own", async () => {
  const npm = "npm pkg set made=yes > out.txt\nnpm pkg get made\n";
  const docs = {
    "docs/steps/01-npm.sh": npm,
    "docs/steps/01-npm.md": "# A",
    "docs/expected/01-npm.txt": '"yes"\n',
  };
  const guides = [makePackage(["01-npm"], docs)];
  guides.push(makePackage(["01-npm"], { ...docs, "docs/package.json": `{ "type": "module" }` }));
  const alone = makePackage(["01-npm"], docs);
  alone.remove("package.json");
  guides.push(alone);
  const cache = makeDirectory("npm_cache");
  for (const guide of guides) {
    const environment = { ...given, XDG_CACHE_HOME: cache };
    await expectReport(guide.guide([], environment), 0, "output is verified");
    for (const place of [guide.directory, join(guide.directory, "docs"), join(cache, ourName)]) {
      const file = join(place, "package.json");
      if (existsSync(file)) expect(readFileSync(file, "utf8")).not.toContain("made");
    }
  }
});

test.skipIf(isWindows)("package managers remove none of the reader's packages", async () => {
  const lock = { name: "docs", lockfileVersion: 3, packages: { "": { name: "docs" } } };
  const files = {
    "docs/package.json": '{ "name": "docs", "type": "module" }',
    "docs/package-lock.json": JSON.stringify(lock),
    "docs/node_modules/mine/index.js": "",
    "docs/node_modules/@mine/one/index.js": "",
    "docs/node_modules/.bin/mine": "",
    "docs/steps/node_modules/mine/index.js": "",
    "docs/venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.11.0\n",
    "docs/venv/bin/activate": "VIRTUAL_ENV=there\n",
    "docs/venv/lib/python3.11/site-packages/mine/__init__.py": "",
  };
  const install = "npm ci --offline --silent --no-audit\n(cd steps; rm -r node_modules/*)\n";
  const guide = makePackage(["01-named", "02-venv", "03-ready"], {
    ...files,
    "docs/steps/01-named.sh": `ls node_modules node_modules/@mine\n${install}ls -A node_modules\n`,
    "docs/steps/01-named.md": "# A",
    "docs/steps/02-venv.sh":
      "python3 -m venv --without-pip venv\npython3 -m venv --without-pip --clear venv\nls venv/lib/*/site-packages\n",
    "docs/steps/02-venv.md": "# B",
    "docs/steps/03-ready.sh":
      '. venv/bin/activate\n[ "$VIRTUAL_ENV" = "$PWD/venv" ] && echo ready\n',
    "docs/steps/03-ready.md": "# C",
    "docs/expected/01-named.txt":
      "node_modules:\n@mine\nmine\n\nnode_modules/@mine:\none\n.package-lock.json\n",
    "docs/expected/02-venv.txt": "[no output]\n",
    "docs/expected/03-ready.txt": "ready\n",
  });
  const unnamed = makePackage(["01-install"], {
    ...files,
    "docs/steps/01-install.sh": `${install.replace(/\(.*/, "")}echo installed\n`,
    "docs/steps/01-install.md": "# A",
    "docs/expected/01-install.txt": "installed\n",
  });
  await expectReport(guide.guide(), 0, "All 3 outputs are verified");
  await expectReport(unnamed.guide(), 0, "The output is verified");
  for (const { read } of [guide, unnamed]) {
    for (const [file, text] of Object.entries(files)) expect(read(file), file).toBe(text);
  }
});

test.skipIf(isWindows)(
  "steps/ may be a link: what is written there goes with the run",
  async () => {
    const guide = makePackage(["01-write"], {
      "docs/steps/01-write.sh": "echo x > steps/new.txt; ls steps\n",
      "docs/steps/01-write.md": "# A",
      "docs/expected/01-write.txt": "01-write.md\n01-write.sh\nguide.json\nnew.txt\n",
    });
    renameSync(join(guide.directory, "docs/steps"), join(guide.directory, "real"));
    symlinkSync("../real", join(guide.directory, "docs/steps"));
    await expectReport(guide.guide(), 0, "output is verified");
    expect(readdirSync(join(guide.directory, "real"))).not.toContain("new.txt");
  },
);

test("clients whose names differ only beyond ASCII have directories of their own", async () => {
  const write = `import { appendFileSync, readFileSync } from "node:fs";\nappendFileSync("out.txt", "x");\nconsole.log(readFileSync("out.txt", "utf8"));\n`;
  const guide = makePackage(["01-write"], {
    "docs/steps/01-write.ts": `/*\n# B\n*/\n${write}`,
    "docs/expected/01-write.txt": "x\n",
    "docs/standalone/é/01-write.ts": write,
    "docs/standalone/ü/01-write.ts": write,
  });
  await expectReport(guide.guide(["--standalone"]), 0, "output is verified with 3 clients");
});

test.skipIf(isWindows)("no file .env is found above a step's directory", async () => {
  const find = `/*\n# A\n*/
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
let place = process.cwd();
while (!existsSync(join(place, ".env")) && place !== "/") place = dirname(place);
console.log(JSON.stringify(readFileSync(join(place, ".env"), "utf8")));
`;
  const guide = otherGuide(
    {
      ".env": "DATABASE_URL=postgresql://me@nowhere.invalid/mine\n",
      "docs/steps/guide.json": '{ "title": "A guide", "runs": ["01-find"] }',
      "docs/steps/01-find.ts": find,
      "docs/expected/01-find.txt": '""\n',
    },
    "docs",
  );
  const environment = { ...given, XDG_CACHE_HOME: join(guide.directory, "cache") };
  // The rule that refuses such a step does not see a name that is put together.
  guide.write("docs/steps/01-find.ts", find.replaceAll('".env"', '["", "env"].join(".")'));
  await expectReport(guide.guide([], environment), 0, "The output is verified");
});
