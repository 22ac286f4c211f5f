import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { newPage } from "../../classroom/new/new-page.ts";
import { newProject } from "../../classroom/new/new-project.ts";
import { workflowTemplate } from "../../classroom/new/templates.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { cleanEnvironment, expectExit, expectRefused, expectReport } from "../support/command.ts";
import { makeDirectory } from "../support/files.ts";
import { makeGuide } from "../support/guide.ts";
import { copyProject, copySmallProject, given, sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

const root = join(import.meta.dirname, "../..");
const pnpm = ["corepack enable", "pnpm install --frozen-lockfile"];

describe("new", () => {
  test("step writes a step that works at once", async () => {
    const project = copySmallProject();
    const made = await project.guide(["new", "step", "sort-books"]);
    expect(made.stdout).toMatch(
      /^Wrote .*03-sort-books\.ts, and added it to steps\/guide\.json\.\nNext: /,
    );
    expect(() => project.read("expected/03-sort-books.txt")).toThrow("ENOENT");
    await expectReport(project.guide(["--update"], given), 0, /✓ 03-sort-books +updated/);
    expect(project.read("expected/03-sort-books.txt")).toBe("Connection established\nTables: 1\n");
    await expectReport(project.guide(["--driver", "pg"], given), 0, "All 3 outputs are verified");
  });

  test.skipIf(process.platform === "win32").each([0, 8])(
    "step changes nothing where a disk is full, with %i blocks left",
    (left) => {
      const project = copySmallProject();
      const manifest = JSON.parse(project.read("steps/guide.json"));
      project.write(
        "steps/guide.json",
        JSON.stringify({ ...manifest, title: "long ".repeat(4000) }),
      );
      const files = () => readdirSync(join(project.directory, "steps"));
      const before = [files(), project.read("steps/guide.json")];
      const node = [process.execPath, "--import", import.meta.resolve("tsx")];
      const command = [
        ...node,
        join(project.directory, "run-guide.ts"),
        "new",
        "step",
        "sort-books",
      ];
      const limited = ["-c", `ulimit -f ${left}; exec "$@"`, "sh", ...command];
      const { status, stderr } = spawnSync("sh", limited, {
        encoding: "utf8",
        env: cleanEnvironment({ XDG_CACHE_HOME: join(project.directory, "../cache") }),
      });
      expect(stderr).toMatch(/^.*03-sort-books\.ts cannot be written\. EFBIG: .*\n$/);
      expect(status).toBe(2);
      expect([files(), project.read("steps/guide.json")]).toEqual(before);
    },
  );

  // There, Node's own way of making folders never returns.
  test
    .skipIf(process.platform !== "linux")
    .each([
      [["new", "guide", "/proc/x"]],
      [["new", "page", "/proc/x/y"]],
      [["--yes", "--reporter", "json=/proc/x/y.json"]],
      [["export", "/proc/x/y.md"]],
    ])("%j is refused where no folder can be made", { timeout: 60_000 }, async (words) => {
    const { guide } = words[0] === "new" ? sharedProject() : makeShellGuide(fewRuns);
    await expectRefused(
      guide(words, given),
      /\/proc\/x.* cannot be written|cannot be written.*\/proc\/x/,
    );
  });

  test.skipIf(process.platform !== "linux")("project does so, too", async () => {
    const guide = await loadGuide(root);
    expect(() => newProject(guide, "/proc/x/y", "pg")).toThrow("/proc/x/y cannot be written.");
  });

  test.skipIf(process.platform === "win32")(
    "project copies what a link leads to, and writes nothing through it",
    async () => {
      const files = makeGuide({ runs: ["01-a"], drivers: ["pg"] }, ["01-a"]);
      const { directory, read, write } = files;
      const script = "// #region say\nconsole.log(1); // M\xfcnchen\n// #endregion\n";
      write("standalone/pg/01-a.ts", script);
      write("shared/note.txt", "note");
      write("standalone/mine/db.ts", "export {};\n");
      symlinkSync("../pg/01-a.ts", join(directory, "standalone/mine/01-a.ts"));
      symlinkSync("../../shared", join(directory, "standalone/mine/shared"));
      const project = join(directory, "project");
      newProject(await loadGuide(directory), project, "mine");
      expect(read("standalone/pg/01-a.ts")).toBe(script);
      expect(read("project/01-a.ts")).toBe("console.log(1); // M\xfcnchen\n");
      for (const name of ["01-a.ts", "shared", "shared/note.txt"]) {
        expect(lstatSync(join(project, name)).isSymbolicLink()).toBe(false);
      }
    },
  );

  test("project in shell has no regions, and says what to run", async () => {
    const files = makeGuide({ runs: ["01-a"], drivers: ["pg"] }, ["01-a"]);
    const runtime = { name: "Shell", run: ["sh"], check: ["-c", "true"], needs: "", install: "" };
    files.write("standalone/sh/standalone.json", JSON.stringify(runtime));
    files.write("standalone/sh/01-a.sh", "# region say\necho 1\n# endregion\n");
    const project = join(files.directory, "project");
    const said = newProject(await loadGuide(files.directory), project, "sh");
    expect(said).toMatch(/ {2}Run 01-a first\.\n$/);
    expect(files.read("project/01-a.sh")).toBe("echo 1\n");
  });

  test.each([
    ["step", "steps/guide.json", '"Small"', '"M\xfcnchen"'],
    ["driver", "drivers/drivers.ts", "export const drivers", "// M\xfcnchen\nexport const drivers"],
  ])("%s replaces no %s that is not in UTF-8", async (what, name, from, to) => {
    const project = copySmallProject();
    const file = join(project.directory, name);
    const bytes = Buffer.from(project.read(name).replace(from, to), "latin1");
    writeFileSync(file, bytes);
    await expectRefused(
      project.guide(["new", what, "sort-books"]),
      `${name} is not in UTF-8, so it is not replaced. Save it as UTF-8 first.`,
    );
    expect(readFileSync(file)).toEqual(bytes);
  });

  test.each(["", ".", "..", "nowhere/", "nowhere/.."])("page refuses the name %j", (name) => {
    expect(() => newPage(name)).toThrow("names no file. Write a name such as docs/notes.");
  });

  test("driver writes a driver that works at once", async () => {
    const project = copySmallProject();
    const made = await project.guide(["new", "driver", "my-driver"]);
    expect(made.stdout).toMatch(
      /^Wrote .*my-driver\.ts, and added it to drivers\/drivers\.ts\.\nNext: /,
    );
    await expectReport(
      project.guide(["--driver", "my-driver"], given),
      0,
      "All 2 outputs are verified with 1 client",
    );
    expectExit(await project.guide(["new", "driver", "my-driver"]), 2);
  });

  test("everything that it writes passes the project's checks", async () => {
    const project = copyProject();
    const { directory } = project;
    cpSync(join(root, "standalone"), join(directory, "standalone"), { recursive: true });
    for (const words of [
      ...["pg", "postgres", "drizzle", "serverless"].map((name) => [
        ...["project", join(directory, "examples", name)],
        ...["--driver", name],
      ]),
      ["guide", join(directory, "examples/notes")],
      ["driver", "my-driver"],
      ["step", "sort-books"],
    ]) {
      expectExit(await project.guide(["new", ...words]), 0);
    }
    const check = (program: string, ...words: string[]) => {
      const node = [join(root, "node_modules", program), ...words];
      const { status, stdout, stderr } = spawnSync(process.execPath, node, {
        cwd: directory,
        encoding: "utf8",
      });
      expect(status, stdout + stderr).toBe(0);
    };
    check("typescript/bin/tsc", "-p", directory);
    cpSync(join(root, "biome.json"), join(directory, "biome.json"));
    const written = ["steps/05-sort-books.ts", "drivers/my-driver.ts", "drivers/drivers.ts"];
    check("@biomejs/biome/bin/biome", "check", "--vcs-enabled=false", ...written, "examples/notes");
  });

  test("guide writes a guide elsewhere that is verified at once, and grows", async () => {
    const elsewhere = makeDirectory("guide elsewhere ");
    const { guide } = sharedProject();
    const docs = join(elsewhere, "docs");
    const read = (file: string) => readFileSync(join(elsewhere, file), "utf8");
    const repository = '{ "name": "app", "type": "commonjs" }';
    writeFileSync(join(elsewhere, "package.json"), repository);

    const made = await guide(["new", "guide", docs]);
    expect(made.stdout).toMatch(
      /^Wrote a guide of 2 steps, .*, and a workflow, .*guide\.yml\.\nNext: /,
    );
    expect(read(".github/workflows/guide.yml")).toContain('run: "npx run-guide --guide docs"\n');
    expect(read("docs/README.md")).toContain("\nnpx run-guide --guide docs ");
    expect(read("package.json")).toBe(repository);
    await expectReport(
      guide(["--guide", docs], given),
      0,
      "All 2 outputs are verified with 2 clients",
    );

    const of = ["--guide", docs];
    expectExit(await guide(["new", "step", "sort-notes", ...of]), 0);
    expectExit(await guide(["new", "driver", "mine", ...of]), 0);
    const manifest = {
      ...JSON.parse(read("docs/steps/guide.json")),
      drivers: ["postgres", "mine"],
    };
    writeFileSync(join(docs, "steps/guide.json"), JSON.stringify(manifest));
    writeFileSync(join(docs, "expected/02-read.txt"), "1: first\n2: other\n");
    expectExit(await guide(["new", "golden", ...of], given), 1);
    expect(read("docs/expected/03-sort-notes.txt")).toBe("Connection established\nTables: 1\n");
    expect(read("docs/expected/02-read.txt")).toContain("other");
    writeFileSync(join(docs, "expected/02-read.txt"), "[..]\n");
    expectExit(await guide(["new", "golden", ...of], given), 1);
    expect(read("docs/expected/02-read.txt")).toBe("[..]\n");

    writeFileSync(join(docs, "expected/02-read.txt"), "1: first\n2: second\n");
    await expectReport(
      guide(["export", "-", "--format", "md", ...of], given),
      0,
      "Verified with postgres and mine",
    );
    await expectRefused(
      guide(["new", "guide", docs]),
      /README\.md exists already\. Choose another name/,
    );
  });

  test("guide leaves the scripts of a CommonJS folder what they are", async () => {
    const elsewhere = makeDirectory("guide-commonjs");
    const { guide } = sharedProject();
    mkdirSync(join(elsewhere, "docs/scripts"), { recursive: true });
    writeFileSync(join(elsewhere, "package.json"), "{}");
    writeFileSync(join(elsewhere, "docs/scripts/build.js"), "module.exports = 1;");
    await expectRefused(
      guide(["new", "guide", join(elsewhere, "docs")]),
      /build\.js is CommonJS, and .* Choose a folder of its own/,
    );
    expect(readdirSync(join(elsewhere, "docs"))).toEqual(["scripts"]);
    expectExit(await guide(["new", "guide", join(elsewhere, "docs/guide")]), 0);
  });

  test.each([
    ["a package of its own", ["inner/package.json", "inner/build.js"]],
    ["packages that are installed", ["node_modules/lib.js", "node_modules/lib/index.js"]],
    ["what a tool keeps", [".cache/built.js"]],
    ["a folder with the name of a script", ["next.js/README"]],
  ])("guide may be next to %s", async (_, names) => {
    const elsewhere = makeDirectory("guide-neighbours");
    writeFileSync(join(elsewhere, "package.json"), "{}");
    for (const name of names) {
      mkdirSync(join(elsewhere, "docs", name, ".."), { recursive: true });
      writeFileSync(join(elsewhere, "docs", name), "{}");
    }
    expectExit(await sharedProject().guide(["new", "guide", join(elsewhere, "docs")]), 0);
  });

  test.each(["docs", "a: b #c", "[x]", "{{ y }}", "null", '"'])(
    "a workflow is YAML with the names of directories: %s",
    (name) => {
      const { verify } = parse(
        workflowTemplate(name, `npx run-guide --guide '${name}'`, "npm"),
      ).jobs;
      expect(verify.defaults.run).toEqual({ "working-directory": name });
      expect(verify.steps.at(-1)).toEqual({ run: `npx run-guide --guide '${name}'` });
    },
  );

  test.each([
    ["package-lock.json", ["npm ci", "npx run-guide --guide docs"]],
    ["pnpm-lock.yaml", [...pnpm, "npx run-guide --guide docs"]],
    ["pnpm-workspace.yaml", [...pnpm, "npx run-guide --guide docs"]],
    [
      "yarn.lock",
      ["corepack enable", "yarn install --frozen-lockfile", "yarn run-guide --guide docs"],
    ],
  ])("guide writes a workflow for %s, and does not change it later", async (lock, commands) => {
    const repository = makeDirectory("guide-workspace");
    const { guide } = sharedProject();
    const inner = join(repository, "packages/app");
    mkdirSync(inner, { recursive: true });
    mkdirSync(join(repository, ".git"));
    writeFileSync(join(repository, lock), "");
    writeFileSync(join(inner, "package.json"), '{ "type": "module" }');

    expectExit(await guide(["new", "guide", join(inner, "docs")]), 0);
    const file = join(repository, ".github/workflows/guide.yml");
    const workflow = readFileSync(file, "utf8");
    const { verify } = parse(workflow).jobs;
    expect(verify.steps.flatMap(({ run }: { run?: string }) => run ?? [])).toEqual(commands);
    expect(verify.defaults.run).toEqual({ "working-directory": "packages/app" });

    const second = await guide(["new", "guide", join(inner, "more")]);
    expectExit(second, 0);
    expect(readFileSync(file, "utf8")).toBe(workflow);
    expect(second.stdout).toContain("guide.yml exists already. To verify it there, add");
    const added = /^ {6}- run: .*\n {8}working-directory: .*\n/m.exec(second.stdout)?.[0] ?? "";
    expect(parse(workflow + added).jobs.verify.steps.at(-1)).toEqual({
      run: commands.at(-1)?.replace("docs", "more"),
      "working-directory": "packages/app",
    });
  });

  test.each(["expected", ".github"])("guide writes no file where %s is one", async (name) => {
    const elsewhere = makeDirectory("guide-in-the-way");
    writeFileSync(join(elsewhere, name), "my own notes");
    const { guide } = sharedProject();
    for (let time = 0; time < 2; time++) {
      const refused = await guide(["new", "guide", elsewhere]);
      await expectRefused(refused, /cannot be written\. E[A-Z]+: /);
      expect(refused.stderr).toContain(join(elsewhere, name));
      expect(existsSync(join(elsewhere, "README.md"))).toBe(false);
    }
  });

  test.each([
    ["new", "step", "Bad Name"],
    ["new", "step", "../x"],
  ])("%s %s %s is refused", async (...words) => {
    const result = await sharedProject().guide(words.filter(Boolean));
    expectExit(result, 2);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
  });
});
