import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { openSources } from "../../runner/run/program-sources.ts";
import { directoryForFile } from "../support/files.ts";

const { note, begun } = vi.hoisted(() => {
  const begun: string[][] = [];
  /** Each time, the compiler follows the imports first. */
  const note = ({ entryPoints, bundle }: import("esbuild").BuildOptions) =>
    void (bundle && begun.push(Array.isArray(entryPoints) ? entryPoints.map(String) : []));
  return { begun, note };
});
vi.mock("esbuild", async (load) => {
  const real = await load<typeof import("esbuild")>();
  return {
    ...real,
    build: (options: import("esbuild").BuildOptions) => {
      note(options);
      return real.build(options);
    },
  };
});

const directory = directoryForFile("kept");
let count = 0;
const makeDirectory = () => {
  const own = join(directory, String(count++));
  mkdirSync(own, { mode: 0o711 });
  return own;
};

beforeEach(() => {
  begun.length = 0;
  const cache = makeDirectory();
  for (const name of ["XDG_CACHE_HOME", "LOCALAPPDATA"]) vi.stubEnv(name, cache);
});
afterAll(() => vi.unstubAllEnvs());

/** Made at once: what a package's files are must be older than the coarsest clock. */
const guides = Array.from({ length: 17 }, makeGuide);
beforeAll(async () => {
  const value = join(guides.at(-1) ?? "", "node_modules/two/value.js");
  await vi.waitUntil(() => statSync(value).ctimeMs < Date.now() - 2100, { timeout: 10_000 });
});

/** A step that imports a helper next to it, and a package. */
function makeGuide(): string {
  const guide = makeDirectory();
  write(
    guide,
    "steps/01-say.ts",
    'import { one } from "../lib/one.ts";\nimport two from "two";\nconsole.log(one, two);\n',
  );
  write(guide, "steps/02-count.ts", "console.log(2);\n");
  write(guide, "lib/one.ts", 'export const one: string = "one";\n');
  write(guide, "node_modules/two/package.json", '{ "name": "two", "main": "./main.js" }');
  write(guide, "node_modules/two/main.js", 'module.exports = require("./value");\n');
  write(guide, "node_modules/two/value.js", 'module.exports = "two";\n');
  write(guide, "node_modules/two/other.js", 'module.exports = "other";\n');
  return guide;
}

function write(guide: string, name: string, text: string): void {
  mkdirSync(dirname(join(guide, name)), { recursive: true });
  writeFileSync(join(guide, name), text);
}

/** @returns what the first step prints */
async function compile(
  guide: string,
  texts?: ReadonlyMap<string, string>,
  directory = makeDirectory(),
): Promise<string> {
  const steps = ["01-say", "02-count"].map((name) => ({
    name,
    file: join(guide, "steps", `${name}.ts`),
  }));
  const programs = await compileSteps(steps, directory, "", undefined, openSources(texts));
  const [first = ""] = programs.values();
  return spawnSync(process.execPath, [first], { encoding: "utf8" }).stdout.trim();
}

/** A guide whose programs are in the cache. */
async function makeKept(): Promise<string> {
  const guide = guides.pop() ?? "";
  expect(await compile(guide)).toBe("one two");
  expect(begun).toHaveLength(1);
  expect(await compile(guide)).toBe("one two");
  expect(begun).toHaveLength(1);
  return guide;
}

const entry = (guide: string) => join(guide, "steps/01-say.ts");

/** What changes a program, and what the step then prints. */
const changes: [string, (guide: string) => void, string][] = [
  ["the step", (guide) => write(guide, "steps/01-say.ts", 'console.log("new");\n'), "new"],
  ["what it imports", (guide) => write(guide, "lib/one.ts", 'export const one = "1";\n'), "1 two"],
  [
    "what it imports, with the old size and time",
    (guide) => {
      const file = join(guide, "lib/one.ts");
      const { atime, mtime } = statSync(file);
      write(guide, "lib/one.ts", 'export const one: string = "uno";\n');
      utimesSync(file, atime, mtime);
    },
    "uno two",
  ],
  [
    "a package's file",
    (guide) => write(guide, "node_modules/two/value.js", 'module.exports = "2";\n'),
    "one 2",
  ],
  [
    "a package's main file",
    (guide) => write(guide, "node_modules/two/package.json", '{ "main": "./other.js" }'),
    "one other",
  ],
  [
    "a package nearer to the step",
    (guide) => write(guide, "steps/node_modules/two/index.js", 'module.exports = "near";\n'),
    "one near",
  ],
  [
    "a package that is replaced by a link",
    (guide) => {
      write(guide, "elsewhere/index.js", 'module.exports = "linked";\n');
      renameSync(join(guide, "node_modules/two"), join(guide, "old"));
      symlinkSync(join(guide, "elsewhere"), join(guide, "node_modules/two"), "junction");
    },
    "one linked",
  ],
  [
    "a file that is found before another",
    (guide) => write(guide, "node_modules/two/value", 'module.exports = "other";\n'),
    "one other",
  ],
  [
    "the compiler's settings",
    (guide) => {
      write(guide, "lib/three.js", 'module.exports = "three";\n');
      const paths = { two: ["./lib/three.js"] };
      write(guide, "tsconfig.json", JSON.stringify({ compilerOptions: { paths } }));
    },
    "one three",
  ],
];
test.each(changes)(
  "a program is compiled again for another one of: %s",
  async (_, change, printed) => {
    const guide = await makeKept();
    change(guide);
    expect(await compile(guide)).toBe(printed);
    expect(begun.at(-1)).toContain(entry(guide));
  },
);

/** What is found sooner than what was there, in a folder that has no other source. */
const sooner: [string, Readonly<Record<string, string>>, string, string][] = [
  [
    "a module next to the folder of its name",
    { "lib/three/index.ts": 'export default "old";' },
    "../lib/three",
    "lib/three.ts",
  ],
  [
    "a module next to the folder of its name in a package",
    {
      "node_modules/three/package.json": '{ "name": "three" }',
      "node_modules/three/sub/index.js": 'module.exports = "old";',
    },
    "three/sub",
    "node_modules/three/sub.js",
  ],
  [
    "the main file of a package",
    {
      "node_modules/three/package.json": '{ "name": "three", "main": "dist/index.js" }',
      "node_modules/three/dist/index.d.ts": "",
      "node_modules/three/index.js": 'module.exports = "old";',
    },
    "three",
    "node_modules/three/dist/index.js",
  ],
  [
    "the first of two paths in the compiler's settings",
    {
      "tsconfig.json": '{ "compilerOptions": { "paths": { "three": ["./a/x.ts", "./b/x.ts"] } } }',
      "a/y.ts": "",
      "b/x.ts": 'export default "old";',
    },
    "three",
    "a/x.ts",
  ],
];
test.each(sooner)("a program is compiled again for %s", async (_, files, name, made) => {
  const guide = makeDirectory();
  for (const [file, text] of Object.entries(files)) write(guide, file, text);
  write(guide, "steps/01-say.ts", `import text from "${name}";\nconsole.log(text);\n`);
  write(guide, "steps/02-count.ts", "console.log(2);\n");
  const isOld = () => statSync(join(guide, "steps/02-count.ts")).ctimeMs < Date.now() - 2100;
  await vi.waitUntil(isOld, { timeout: 10_000 });
  for (const _ of "12") expect(await compile(guide)).toBe("old");
  write(guide, made, made.endsWith(".ts") ? 'export default "new";' : 'module.exports = "new";');
  expect(await compile(guide)).toBe("new");
});

test("a program is compiled again for another jsconfig.json", async () => {
  const guide = await makeKept();
  write(guide, "lib/three.js", 'module.exports = "three";\n');
  write(
    guide,
    "jsconfig.json",
    '{ "compilerOptions": { "paths": { "two": ["./lib/three.js"] } } }',
  );
  expect(await compile(guide)).toBe("one three");
});

test("only the program that changed is compiled again", async () => {
  const guide = await makeKept();
  write(guide, "steps/02-count.ts", "console.log(3);\n");
  await compile(guide);
  expect(begun.slice(1)).toEqual([[join(guide, "steps/02-count.ts")]]);
});

test("a program is compiled again where another one got a newer driver", async () => {
  const guide = makeDirectory();
  const driver = { name: "mine", file: join(guide, "drivers/mine.ts") };
  const save = (text: string) => {
    write(guide, "drivers/mine.ts", `console.log("${text}");\nexport const connect = undefined;\n`);
  };
  const imports = `import ${JSON.stringify(join(import.meta.dirname, "../../drivers/drivers.ts"))};`;
  for (const name of ["01-a", "02-b"]) write(guide, `steps/${name}.ts`, `${imports}\n`);
  const run = async (name: string) => {
    const step = { name, file: join(guide, "steps", `${name}.ts`) };
    const [file = ""] = (await compileSteps([step], makeDirectory(), "", driver)).values();
    return spawnSync(process.execPath, [file, "--driver", "mine"], { encoding: "utf8" });
  };
  save("old");
  for (const name of ["01-a", "02-b"]) expect(await run(name)).toMatchObject({ stderr: "" });
  save("newer");
  for (const name of ["01-a", "02-b"]) expect(await run(name)).toMatchObject({ stderr: "" });
});

test("a text that runs in place of the step's is not taken for the step", async () => {
  const guide = await makeKept();
  const texts = new Map([[entry(guide), 'console.log("mine");\n']]);
  expect(await compile(guide, texts)).toBe("mine");
  expect(await compile(guide, texts)).toBe("mine");
  expect(begun).toHaveLength(2);
  expect(await compile(guide)).toBe("one two");
});

test("a program that is in its place already is the one of now", async () => {
  const guide = await makeKept();
  const directory = makeDirectory();
  const compileThere = () => compile(guide, undefined, directory);
  expect(await compileThere()).toBe("one two");
  // A file of a package that is so young is not trusted, so the program is not kept.
  write(guide, "node_modules/two/value.js", 'module.exports = "2";\n');
  expect(await compileThere()).toBe("one 2");
  write(guide, "node_modules/two/value.js", 'module.exports = "two";\n');
  expect(await compileThere()).toBe("one two");
});

test("a kept program that is cut short is compiled again", async () => {
  const guide = await makeKept();
  const cache = join(process.env.XDG_CACHE_HOME ?? "", "neon-typescript-guide/programs");
  for (const name of readdirSync(cache)) truncateSync(join(cache, name), 150);
  expect(await compile(guide)).toBe("one two");
  expect(begun).toHaveLength(2);
});

/** The compiler reads the table of the working directory. */
test.each([".pnp.cjs", ".pnp.js", ".pnp.data.json"])(
  "no program is kept, or used, where Yarn says in %s where each package is",
  async (table) => {
    const guide = await makeKept();
    const directory = vi.spyOn(process, "cwd").mockReturnValue(join(guide, "steps"));
    onTestFinished(() => directory.mockRestore());
    write(guide, table, "");
    await compile(guide);
    await compile(guide);
    expect(begun).toHaveLength(3);
  },
);

test("a program that names a module with a template is not kept", async () => {
  const guide = makeGuide();
  const load = `const load = async (name: string) => (await import(\`../lib/\${name}.ts\`)).one;`;
  write(guide, "steps/01-say.ts", `${load}\nconsole.log(await load("one"));\n`);
  expect(await compile(guide)).toBe("one");
  write(guide, "lib/one.ts", 'export const one = "1";\n');
  expect(await compile(guide)).toBe("1");
});

test("a program whose import leads through a link is not kept", async () => {
  const guide = makeGuide();
  write(guide, "first/one.ts", 'export const one = "first";\n');
  write(guide, "second/one.ts", 'export const one = "second";\n');
  rmSync(join(guide, "lib"), { recursive: true });
  symlinkSync(join(guide, "first"), join(guide, "lib"), "junction");
  expect(await compile(guide)).toBe("first two");
  rmSync(join(guide, "lib"));
  symlinkSync(join(guide, "second"), join(guide, "lib"), "junction");
  expect(await compile(guide)).toBe("second two");
});

test.each([
  ["the guide's directory", (guide: string, link: string) => symlinkSync(guide, link, "junction")],
  [
    "a step",
    (guide: string, link: string) => {
      mkdirSync(join(link, "steps"), { recursive: true });
      for (const name of ["01-say", "02-count"]) {
        symlinkSync(join(guide, `steps/${name}.ts`), join(link, `steps/${name}.ts`));
      }
    },
  ],
])("a program whose source is found through a link is not kept: %s", async (_, makeLink) => {
  const guide = makeGuide();
  const link = join(makeDirectory(), "link");
  makeLink(guide, link);
  expect(await compile(link)).toBe("one two");
  write(guide, "lib/one.ts", 'export const one = "1";\n');
  expect(await compile(link)).toBe("1 two");
});
