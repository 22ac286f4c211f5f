import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { visible } from "../../runner/common/visible.ts";
import { readStepComment } from "../../runner/guide/step-source.ts";
import { diffOf } from "../../runner/verify/diff.ts";
import { isGolden, makeGolden, meantBy } from "../../runner/verify/golden.ts";
import { directoryForFile } from "../support/files.ts";

const directory = directoryForFile("fuzz");
const file = join(directory, "stdout");

const goldenOf = (bytes: Uint8Array) => makeGolden("", "x.txt", Buffer.from(bytes));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(fc.constantFrom("a", "b", "\n", "\r\n", "\uFEFF", "[..]", "..."), { maxLength: 30 })
    .map((parts) => Buffer.from(parts.join(""))),
);

/** Without the markers, which stand for other text. */
const plain = bytes.filter((text) => !Buffer.from(text).includes(".."));

test("any bytes match themselves, and only bytes that are the same but for CRLF match", async () => {
  const withoutCr = (text: Buffer) => text.toString("latin1").replaceAll("\r\n", "\n");
  await fc.assert(
    fc.asyncProperty(plain, plain, async (expected, printed) => {
      writeFileSync(file, printed);
      expect(await isGolden(goldenOf(printed), file)).toBe(true);
      if (await isGolden(await meantBy(goldenOf(expected), [file]), file)) {
        expect(withoutCr(Buffer.from(expected))).toBe(withoutCr(Buffer.from(printed)));
      }
    }),
    { numRuns: 1000 },
  );
});

test("any two outputs have a diff that can be shown", async () => {
  await fc.assert(
    fc.asyncProperty(bytes, bytes, async (expected, printed) => {
      writeFileSync(file, printed);
      const shown = visible(await diffOf(goldenOf(expected), file, "pg printed"));
      expect(shown).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
    }),
    { numRuns: 500 },
  );
});

test("any source is a step or is none, without a crash", () => {
  const sources = fc
    .array(fc.constantFrom("/*", "*/", "#", " ", "\n", "\r\n", "Title", "`", "\uFEFF", "code()"), {
      maxLength: 20,
    })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(sources, fc.string({ unit: "binary" })), (source) => {
      const comment = readStepComment(source, "01-create.ts");
      if (comment) expect(comment.title.trim()).toBe(comment.title);
    }),
    { numRuns: 1000 },
  );
});
