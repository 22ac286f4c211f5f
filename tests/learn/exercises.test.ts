import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { solutionOf, starterOf } from "../../classroom/learn/exercise-files.ts";
import { readCourses } from "../../runner/guide/exercises.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { splitRegions, withoutRegions } from "../../runner/guide/step-source.ts";
import { makeDirectory } from "../support/files.ts";
import { makeGuide } from "../support/guide.ts";

const script = `import { books } from "./schema.ts";
try {
  // #region read
  const text = read();
  // #endregion
  print(text);
}
`;

function exerciseOf(name: string, source: string) {
  const directory = makeDirectory("exercises");
  writeFileSync(join(directory, name), source);
  const file = join(directory, "exercises", "pg", name);
  const tasks = [{ region: "read", what: "Read it.", hints: [] }];
  const rest = { name: `pg/${name}`, title: "", tasks, before: [], judges: [] };
  return { ...rest, kind: "script" as const, source: join(directory, name), file };
}

describe("regions", () => {
  test("their comments are left out, and nothing else", () => {
    const lines = script.split("\n");
    const shown = lines.filter((_, index) => ![2, 4].includes(index)).join("\n");
    expect(withoutRegions(script, "a.ts")).toBe(shown);
    expect(withoutRegions(shown, "a.ts")).toBe(shown);
    const windows = script.replaceAll("\n", "\r\n");
    expect(withoutRegions(windows, "a.ts")).toBe(shown.replaceAll("\n", "\r\n"));
  });

  test("what only looks like one is code", () => {
    const code = "x(); // #region a\n// region b\n// #regional\n# region c\ny(); // #endregion";
    expect(withoutRegions(code, "a.ts")).toBe(code);
    expect(withoutRegions("# region a\nx()\n#endregion\n// #region b", "a.py")).toBe(
      "x()\n// #region b",
    );
  });

  test("a script falls into parts", () => {
    expect(splitRegions(script, "a.ts")).toEqual([
      { lines: ['import { books } from "./schema.ts";', "try {"] },
      { lines: ["  const text = read();"], region: "read" },
      { lines: ["  print(text);", "}", ""] },
    ]);
  });

  test.each([
    ["a.ts", "// #region a\n// #region b\n// #endregion", "// #endregion"],
    ["a.py", "# region a\nb()", "# endregion"],
  ])("one without an end is refused in %s: %j", (file, source, end) => {
    expect(() => splitRegions(source, file)).toThrow(
      `${file}: the region "a" has no end. Add a comment below its last line: ${end}`,
    );
  });
});

test("a starter says what is to be done, in the language of the script", () => {
  expect(starterOf(exerciseOf("01-create.ts", script))).toContain(
    '  // Your code goes here, in place of this:\n  throw new Error("To do: Read it.");\n  print',
  );
  const python = "with x:\n    # region read\n\n    a()\n    # endregion\n    b()\n";
  expect(starterOf(exerciseOf("01-create.py", python))).toBe(
    'with x:\n    # Your code goes here, in place of this:\n    raise Exception("To do: Read it.")\n    b()\n',
  );
  const shell = "# region read\na\n# endregion\n";
  expect(starterOf(exerciseOf("01-create.sh", shell))).toBe(
    "# Your code goes here, in place of this:\necho 'To do: Read it.' >&2; exit 1\n",
  );
  expect(() => starterOf(exerciseOf("01-create.rb", shell))).toThrow("exercises are in TypeScript");
});

test.each([
  ["import { a } from './lib/a.ts';", "import { a } from '../../lib/a.ts';"],
  ['import {\n  a,\n} from\n  "../a.ts";', 'import {\n  a,\n} from\n  "../../../a.ts";'],
  ['import "./a.ts";', 'import "../../a.ts";'],
  ["await import( './a.ts' )", "await import( '../../a.ts' )"],
  ['export * from "./a.ts";', 'export * from "../../a.ts";'],
  ['new URL("a.json", import.meta.url)', 'new URL("../../a.json", import.meta.url)'],
  ['new URL("https://a.example", import.meta.url)', undefined],
  ['import a from "a";', undefined],
  ['print("from", "./a.ts")', undefined],
])("%j leads to the same file from the learner's", (line, rewritten = line) => {
  expect(solutionOf(exerciseOf("01-create.ts", `${line}\n`))).toBe(`${rewritten}\n`);
});

test("imports lead to where they led from the script", () => {
  const exercise = exerciseOf("01-create.ts", script);
  expect(solutionOf(exercise)).toContain('import { books } from "../../schema.ts";');
  expect(readFileSync(exercise.source, "utf8")).toBe(script);
});

/** A guide with two steps and the same scripts with a library. */
async function coursesOf(exercises: unknown, more: Readonly<Record<string, string>> = {}) {
  const { directory, write } = makeGuide({ runs: ["01-a", "02-b"] }, ["02-b"]);
  write("steps/01-a.ts", "/*\n# A\n*/\n// #region say\nsay();\n// #endregion\n");
  mkdirSync(join(directory, "standalone/lib"), { recursive: true });
  write("standalone/lib/01-a.ts", "// #region say\nsay();\n// #endregion\n");
  write("standalone/lib/02-b.ts", "");
  const text = typeof exercises === "string" ? exercises : JSON.stringify(exercises);
  write("steps/exercises.json", text);
  for (const [file, content] of Object.entries(more)) write(file, content);
  return { directory, read: async () => readCourses(await loadGuide(directory)) };
}

describe("exercises.json", () => {
  test("gives each region its task, and a folder or a file its own", async () => {
    const say = { task: "Say it.", hints: ["Loud.", "LOUD."] };
    const own = { "standalone/lib": { hints: ["say();"] }, "steps/01-a": { task: "Tell it." } };
    const { read } = await coursesOf({ say: { ...say, for: own } });
    const courses = await read();
    expect(courses.map(({ name, exercises }) => [name, exercises.map((one) => one.name)])).toEqual([
      ["lib", ["lib/01-a"]],
      ["steps", ["steps/01-a"]],
    ]);
    expect(courses.map(({ exercises }) => exercises[0]?.tasks)).toEqual([
      [{ region: "say", what: "Say it.", hints: ["say();"] }],
      [{ region: "say", what: "Tell it.", hints: ["Loud.", "LOUD."] }],
    ]);
  });

  test("a guide without it has no exercises, whatever is in a region", async () => {
    const { directory } = await coursesOf({});
    rmSync(join(directory, "steps/exercises.json"));
    expect(readCourses(await loadGuide(directory))).toEqual([]);
  });

  const say = { task: "Say it." };
  test.each<[string, unknown, string, Record<string, string>?]>([
    ["no JSON", "{", "FILE: Expected property name"],
    ["no object", [], "FILE: it is not an object. It looks like {"],
    ["no object for a region", { say: "x" }, 'FILE: "say" is not an object.'],
    [
      "no task",
      { say: {} },
      'FILE: "say" has no "task" for the region in DIR/standalone/lib/01-a.ts',
    ],
    [
      "a task of two lines",
      { say: { task: "a\nb" } },
      'FILE: "say.task" is not a text of one line.',
    ],
    [
      "no list of hints",
      { say: { ...say, hints: "a" } },
      '"say.hints" is not a list of one-line strings',
    ],
    [
      "a misspelt field",
      { say: { ...say, hint: [] } },
      'FILE: "say" has an unknown field "hint". Did you mean "hints"? It looks like',
    ],
    [
      "an unknown field of a folder",
      { say: { ...say, for: { steps: { what: "x" } } } },
      'FILE: "say.for.steps" has an unknown field "what". The fields: task, hints.',
    ],
    [
      "a region without an exercise",
      {},
      'FILE: there is no "say" for the region in DIR/standalone',
    ],
    [
      "a region that no script has",
      { say, tell: say },
      'FILE: "tell" is not a region of any script. Remove it, or write // #region tell.',
    ],
    [
      "a folder that is not there",
      { say: { ...say, for: { "standalone/bil": say } } },
      'FILE: "say" names "standalone/bil", which has no such region.',
    ],
    [
      "two regions of one name",
      { say },
      'DIR/standalone/lib/02-b.ts has two regions "say". Rename one.',
      { "standalone/lib/02-b.ts": "// #region say\n// #endregion\n// #region say\n// #endregion" },
    ],
  ])("%s is refused", async (_, exercises, message, more = {}) => {
    const { directory, read } = await coursesOf(exercises, more);
    const said = message
      .replace("FILE", join(directory, "steps/exercises.json"))
      .replace("DIR", directory);
    await expect(read()).rejects.toMatchObject({
      kind: "layout",
      message: expect.stringContaining(said),
    });
  });
});
