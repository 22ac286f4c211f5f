import { expect, test } from "vitest";
import { paintCode } from "../../runner/common/highlight.ts";

const code = `// a comment
const count = await db.execute(\`DROP TABLE \${name}\`, ["books", 4, true]);`;
const escapeCode = String.fromCharCode(27);
const colors = new RegExp(`${escapeCode}\\[(\\d+)m`, "g");

test("code is coloured with the terminal's own colours, which its reader has chosen", () => {
  const painted = paintCode(code);
  // Dim, magenta, green, cyan, and their ends. White, black and yellow vanish on some background.
  const used = [...painted.matchAll(colors)].map(([, number]) => Number(number));
  for (const number of used) expect([2, 22, 35, 32, 36, 39]).toContain(number);
  expect(painted).toContain(`${escapeCode}[2m// a comment${escapeCode}[22m`);
  expect(painted).toContain(`${escapeCode}[35mconst${escapeCode}[39m count =`);
  expect(painted).toContain(`${escapeCode}[32m"books"${escapeCode}[39m`);
  expect(painted).toContain(`${escapeCode}[36m4${escapeCode}[39m`);
  expect(painted.replaceAll(colors, "")).toBe(code);
});
