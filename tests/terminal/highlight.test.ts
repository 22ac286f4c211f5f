import { expect, test } from "vitest";
import { paintCode } from "../../runner/terminal/highlight.ts";

const code = `// a comment
const count = await db.execute(\`DROP TABLE \${name}\`, ["books", 4, true]);`;
const colors = /\x1b\[([\d;]*)m/g;

test("code is coloured with the terminal's own colours, which its reader has chosen", async () => {
  const painted = await paintCode(code);
  const used = [...painted.matchAll(colors)].map(([, number]) => Number(number));
  // Dim, magenta, green, cyan, and their ends. White, black and yellow vanish on some background.
  for (const number of used) expect([2, 22, 35, 32, 36, 39]).toContain(number);
  expect(painted).toContain("\x1b[2m// a comment\x1b[22m");
  expect(painted).toContain("\x1b[35mconst\x1b[39m");
  expect(painted).toMatch(/\x1b\[32m"?books/);
  expect(painted).toMatch(/\x1b\[36m4/);
  expect(painted.replaceAll(colors, "")).toBe(code);
});
