import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { copySmallProject, given } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

describe("--watch", () => {
  test("runs again from the touched step, and shows what changed", async () => {
    const project = copySmallProject(["pg"]);
    const watch = project.start(["--watch"], given);
    await watch.prints("All 2 outputs are verified with 1 client; 2 changed");

    project.edit("steps/02-read.ts", "--- Book Library", "--- Seen Library");
    const afterStep = await watch.prints(/Not verified; 1 changed, in \d+ ms/);
    expect(afterStep).toContain("+--- Seen Library");
    expect(afterStep.match(/✓ 01-create/g)).toHaveLength(1);

    project.edit("expected/02-read.txt", "--- Book Library", "--- Seen Library");
    await watch.prints(/Not verified[\s\S]*All 2 outputs are verified with 1 client; 1 changed/);

    project.edit("steps/02-read.ts", "const { rows: books }", "const = { rows: books }");
    await watch.prints(/02-read\.ts, line \d+: Expected identifier/);
    project.edit("steps/02-read.ts", "const = { rows: books }", "const { rows: books }");
    await watch.prints(/All 2 outputs are verified with 1 client; nothing changed/);

    project.edit("drivers/pg.ts", "rows: last.rows", "rows: [...last.rows].reverse()");
    await watch.prints(/nothing changed[\s\S]*✗ 02-read +drift[\s\S]*Not verified; 1 changed/);

    watch.child.kill("SIGINT");
    expect(await watch.ended).toBe(130);
  });

  test("judges what it runs again before the touched step", async () => {
    const project = copySmallProject(["pg"]);
    project.write("venv/words.ts", 'export const made = "";\n');
    project.edit(
      "steps/01-create.ts",
      "import { step",
      'import { made } from "../venv/words.ts";\nimport { step',
    );
    project.edit("steps/01-create.ts", 'console.log("Conn', 'console.log(made + "Conn');
    const watch = project.start(["--watch"], given);
    await watch.prints("All 2 outputs are verified with 1 client; 2 changed");
    project.write("venv/words.ts", 'export const made = "Now: ";\n'); // not watched
    project.edit("steps/02-read.ts", "--- Book Library", "--- Seen Library");
    await watch.prints(/✗ 01-create +drift[\s\S]*✗ 02-read +drift[\s\S]*Not verified; 2 changed/);

    project.write("venv/words.ts", 'export const made = "";\n');
    project.edit("steps/02-read.ts", "--- Seen Library", "--- Book Library");
    await watch.prints(/Not verified; 2 changed[\s\S]*All 2 outputs are verified with 1 client; 2/);
  });

  test("runs again when a file changes that a step reads or imports", async () => {
    const project = copySmallProject(["pg"]);
    project.write("data/a.txt", "Conn");
    project.write("../src/words.ts", 'export const made = "";\n');
    project.edit(
      "steps/01-create.ts",
      "import { step",
      'import { readFileSync } from "node:fs";\nimport { made } from "../../src/words.ts";\nimport { step',
    );
    const read = 'console.log(made + readFileSync("data/a.txt", "utf8") + "';
    project.edit("steps/01-create.ts", 'console.log("Conn', read);
    const watch = project.start(["--watch"], given);
    let seen = (await watch.prints("All 2 outputs are verified with 1 client; 2 changed")).length;
    for (const [file, wrong, right] of [
      ["data/a.txt", "Disconn", "Conn"],
      ["../src/words.ts", 'export const made = "Now: ";\n', 'export const made = "";\n'],
    ] as const) {
      for (const [text, says] of [
        [wrong, "✗ 01-create +drift[\\s\\S]*Not verified; 1 changed"],
        [right, "All 2 outputs are verified with 1 client; 1 changed"],
      ] as const) {
        project.write(file, text);
        const all = await watch.prints(new RegExp(`^[\\s\\S]{${seen}}[\\s\\S]*${says}`));
        seen = all.length;
      }
    }
  });

  test.each([
    ["a step writes into a folder of the guide", "data/out.txt", ["--driver", "pg"]],
    ["a script writes into its folder", "standalone/sh/out.txt", ["--driver", "standalone/sh"]],
  ])("ends running again where %s", async (_, file, clients) => {
    const project = makeShellGuide(fewRuns);
    project.write(file, "");
    const writes = `date +%s%N >> ${file}; cat`;
    project.edit("steps/01-create.sh", "cat", writes);
    if (file.startsWith("standalone")) {
      for (const name of fewRuns) {
        const script = project
          .read(`steps/${name}.sh`)
          .replace(writes, "date +%s%N >> out.txt; cat");
        project.write(`standalone/sh/${name}.sh`, script);
      }
      project.write(
        "standalone/sh/standalone.json",
        '{ "name": "sh", "run": ["sh"], "check": ["-c", ":"], "needs": "a shell", "install": "" }',
      );
    }
    const watch = project.start(["--watch", ...clients]);
    const said = `${file} changes in each run. While steps run, it is not watched: if you saved it, press Enter.`;
    const { length } = await watch.prints(said);
    await sleep(1000);
    const printed = await watch.prints(said);
    expect(printed.slice(length).match(/Ctrl-C ends/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  test("a module that is saved during each run is no file that steps write", async () => {
    const project = copySmallProject(["pg"]);
    const [inside, outside] = ["lib/a.ts", "../src/b.ts"];
    for (const file of [inside, outside]) project.write(file, 'export const word = "Conn";\n');
    const started = `${project.directory}.started`;
    onTestFinished(() => rmSync(started, { force: true }));
    project.edit(
      "steps/01-create.ts",
      "import { step",
      `import { writeFileSync } from "node:fs";
import { word } from "../lib/a.ts";
import { word as other } from "../../src/b.ts";
import { step`,
    );
    const waits = `writeFileSync(${JSON.stringify(started)}, "");
  await new Promise((resolve) => setTimeout(resolve, 500));
  if (word !== other) console.log("Wrong.");
  console.log(word + "`;
    project.edit("steps/01-create.ts", 'console.log("Conn', waits);
    const watch = project.start(["--watch"], given);
    for (const file of [inside, outside, inside, outside, inside, outside]) {
      while (!existsSync(started)) await sleep(20);
      rmSync(started);
      project.write(file, `${project.read(file)}//\n`);
    }
    while (!existsSync(started)) await sleep(20);
    project.edit(outside, "Conn", "Disconn");
    const printed = await watch.prints(/✗ 01-create +drift[\s\S]*Not verified; 2 changed/);
    expect(printed).not.toContain("not watched");
    expect(printed).not.toContain("are verified");
  });

  test("shows the outcome of the very save, each time; Enter runs everything again", async () => {
    const project = makeShellGuide(fewRuns);
    const watch = project.start(["--watch", "--driver", "pg"]);
    let printed = await watch.prints("All 2 outputs are verified with 1 client; 2 changed");
    for (const [from, to, outcome] of [
      ["a single book", "a lonely book", "Not verified; 1 changed"],
      ["a lonely book", "a single book", "All 2 outputs are verified with 1 client; 1 changed"],
    ] as const) {
      const seen = printed.length;
      project.edit("steps/01-create.sh", from, to);
      printed = await watch.prints(new RegExp(`^[\\s\\S]{${seen}}[\\s\\S]*${outcome}`));
    }
    watch.child.stdin?.write("\n");
    await watch.prints("All 2 outputs are verified with 1 client; nothing changed");
  });

  test("of two steps saved during a run, begins with the first", async () => {
    const project = makeShellGuide(fewRuns);
    const started = `${project.directory}.started`;
    onTestFinished(() => rmSync(started, { force: true }));
    project.edit("steps/02-read.sh", "cat", `touch '${started}'; sleep 2; cat`);
    const watch = project.start(["--watch", "--driver", "pg"]);
    while (!existsSync(started)) await sleep(20);
    project.edit("steps/01-create.sh", "a single book", "a lonely book");
    await sleep(100);
    project.edit("steps/02-read.sh", "sleep 2", "sleep 0");
    await watch.prints(/2 changed[\s\S]*✗ 01-create +drift[\s\S]*Not verified; 1 changed/);
  });

  test("reports what a run found that a change of a golden file ended", async () => {
    const project = makeShellGuide(fewRuns);
    const started = `${project.directory}.started`;
    onTestFinished(() => rmSync(started, { force: true }));
    project.edit("steps/01-create.sh", "a single book", "a lonely book");
    project.edit("steps/02-read.sh", "cat", `touch '${started}'; sleep 1; cat`);
    const watch = project.start(["--watch", "--driver", "pg"]);
    while (!existsSync(started)) await sleep(20);
    project.write("expected/02-read.txt", `${project.read("expected/02-read.txt")}more\n`);
    await watch.prints(
      /02-read\.txt changed while[\s\S]*✗ 01-create +drift[\s\S]*✗ 02-read +drift[\s\S]*Not verified; 2 changed/,
    );
  });

  test.each([
    ["runs", '"02-read"]', '"02-read","01-create"]'],
    ["drivers", '["pg","postgres"]', '["pg"]'],
    ["programs", '["sh"]', '["sh","-e"]'],
    ["setups", '"runs":["01-create",', '"setup":["01-create"],"runs":['],
  ])("verifies nothing while the guide has other %s than it began with", async (_, from, to) => {
    const project = makeShellGuide(fewRuns);
    if (to.includes("setup")) project.remove("expected/01-create.txt");
    const watch = project.start(["--watch"]);
    const begun = await watch.prints(/erified.*; 2 changed.*\n/);
    const said = "The guide's runs or drivers have changed. Start it again.\n";
    project.edit("steps/guide.json", from, to);
    await watch.prints(said);
    watch.child.stdin?.write("\n");
    const printed = await watch.prints(new RegExp(`${said}[\\s\\S]*${said}`));
    expect(printed.slice(begun.length)).not.toContain("erified");
    project.edit("steps/guide.json", to, from);
    await watch.prints(new RegExp(`${said}.*erified.*; nothing changed`));
  });

  test("a standalone script is run again when it is saved, or a file that it imports", async () => {
    const project = copySmallProject();
    for (const file of ["package.json", "01-create.ts", "02-read.ts"])
      cpSync(join("standalone/pg", file), join(project.directory, "standalone/pg", file));
    project.write("standalone/pg/lib/helper.ts", "export {};\n");
    project.edit("standalone/pg/02-read.ts", "import", 'import "./lib/helper.ts";\nimport');
    const watch = project.start(["--watch", "--driver", "standalone/pg"], given);
    await watch.prints("All 2 outputs are verified with 1 client; 2 changed");
    project.edit("standalone/pg/02-read.ts", "--- Book Library", "--- Seen Library");
    await watch.prints("Not verified; 1 changed");
    project.edit("standalone/pg/lib/helper.ts", "export", 'console.log("Helped.");\nexport');
    await watch.prints(/Not verified; 1 changed[\s\S]*Helped[\s\S]*Not verified; 1 changed/);
  });
});
