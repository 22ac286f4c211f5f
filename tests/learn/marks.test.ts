import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { solutionOf, starterOf } from "../../classroom/learn/starter.ts";
import { splitMarks, withoutMarks } from "../../runner/guide/marks.ts";

const script = `import { books } from "./schema.ts";
try {
  // exercise: Read it.
  // hint: Use your eyes.
  // hint: Open the book.
  const text = read();
  // hint: this one belongs to the solution
  // end
  print(text);
  // end
}
`;

function exerciseOf(name: string, source: string) {
  const directory = mkdtempSync(join(tmpdir(), "marks-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, name), source);
  const file = join(directory, "exercises", "pg", name);
  const rest = { name: `pg/${name}`, title: "", tasks: [], before: [], judges: [] };
  return { ...rest, kind: "script" as const, source: join(directory, name), file };
}

test("marks are left out, and nothing else", () => {
  const lines = script.split("\n");
  const shown = lines.filter((_, index) => ![2, 3, 4, 7].includes(index)).join("\n");
  expect(withoutMarks(script, "a.ts")).toBe(shown);
  expect(withoutMarks(shown, "a.ts")).toBe(shown);
  const windows = script.replaceAll("\n", "\r\n");
  expect(withoutMarks(windows, "a.ts")).toBe(shown.replaceAll("\n", "\r\n"));
});

test("what only looks like a mark is code", () => {
  const code = [
    "x(); // exercise: none",
    "// exercise: Begin.",
    "y(); // hint: none",
    "z(); // end",
    "// end of the story",
    "// end",
  ];
  const shown = [0, 2, 3, 4].map((index) => code[index]).join("\n");
  expect(withoutMarks(code.join("\n"), "a.ts")).toBe(shown);
});

test("a task has its hints", () => {
  const tasks = splitMarks(script, "a.ts").flatMap(({ task }) => task ?? []);
  expect(tasks).toEqual([
    { what: "Read it.", indent: "  ", hints: ["Use your eyes.", "Open the book."] },
  ]);
});

test.each(["// exercise: a\n// exercise: b\n// end", "# exercise: a\nb()"])(
  "an exercise without an end is refused: %j",
  (source) => {
    expect(() => withoutMarks(source, "a.ts")).toThrow('a.ts: the exercise "a" has no end.');
  },
);

test("a starter says what is to be done, in the language of the script", () => {
  expect(starterOf(exerciseOf("01-create.ts", script))).toContain(
    '  // Your code goes here, in place of this:\n  throw new Error("To do: Read it.");\n  print',
  );
  const python = "with x:\n    # exercise: Read it.\n    a()\n    # end\n    b()\n";
  expect(starterOf(exerciseOf("01-create.py", python))).toBe(
    'with x:\n    # Your code goes here, in place of this:\n    raise Exception("To do: Read it.")\n    b()\n',
  );
});

test("imports lead to where they led from the script", () => {
  const exercise = exerciseOf("01-create.ts", script);
  expect(solutionOf(exercise)).toContain('import { books } from "../../schema.ts";');
  expect(readFileSync(exercise.source, "utf8")).toBe(script);
});
