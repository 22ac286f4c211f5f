import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { readLastLines, readShown } from "../../runner/common/read-shown.ts";
import {
  abridge,
  cutSecretAt,
  hasSecret,
  hidePassword,
  hideSecrets,
  showable,
} from "../../runner/common/secrets.ts";
import { makeDirectory } from "../support/files.ts";

const password = "pä\"s/%41 \\x<'&";
hidePassword(password, ["reader"]);
hidePassword("postgres", ["postgres", "localhost"]);
hidePassword("", []);
hidePassword("npg_h7/qZW", ["owner@x", "host", "neondb"]);
hidePassword("yZ-begins-where-another-one-ends", []);

test.each([
  password,
  encodeURIComponent(password),
  encodeURIComponent(password).toLowerCase(),
  JSON.stringify(password).slice(1, -1),
  JSON.stringify(password).slice(1, -1).replace("ä", "\\u00e4").replace("<", "\\u003C"),
  password.replaceAll("'", "''"),
  password.replaceAll('"', '""'),
  password.replaceAll('"', '""""'),
  password.replaceAll("'", "''''"),
  escape(password),
  password.replaceAll("'", "'\\''"),
  password.replaceAll("'", `'"'"'`), // Python's shlex.quote
  password.replaceAll(/[^\wä]/g, "\\$&"),
  password.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;"),
  password.replaceAll("&", "&#38;").replaceAll("'", "&#039;").replaceAll('"', "&#x22;"),
  password.replace("ä", "&#228;"), // Python's xmlcharrefreplace
  Array.from(password, (one) => `&#x${one.charCodeAt(0).toString(16).padStart(4, "0")};`).join(""),
  Array.from(Buffer.from(password), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  encodeURIComponent(password).replaceAll("%20", "+"),
])("is hidden as %s, and so is its beginning at a cut", (written) => {
  expect(hideSecrets(`a ${written} b ${written}`)).toBe("a •••• b ••••");
  expect(hasSecret(written)).toBe(true);
  for (let length = 1; length <= written.length; length++) {
    const text = `text ${written.slice(0, length)}`;
    expect(cutSecretAt(text)).toBe(5);
  }
  expect(cutSecretAt("text")).toBe(4);
});

test.each([
  ...["tab\tend", "two\r\nlines", "a\x01b\x1bc", "a\"b'c\\d<e&f%g é😀\t", "dir/é", "\"\\\" '\\'"],
])("is hidden however %j is escaped", (odd) => {
  hidePassword(odd, []);
  const json = JSON.stringify(odd).slice(1, -1);
  const html = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const ascii = (write: (byte: number) => string) =>
    [...Buffer.from(odd.replaceAll("\\", "\\\\"))]
      .map((byte) => (byte < 32 || byte > 126 ? write(byte) : String.fromCharCode(byte)))
      .join("");
  for (const written of [
    json,
    JSON.stringify(json).slice(1, -1),
    inspect(odd).slice(1, -1),
    json.replaceAll('"', '""'),
    odd.replace(/\s+/g, " "),
    html(html(odd)),
    html(json),
    encodeURIComponent(encodeURIComponent(odd)),
    odd.replaceAll("\\", "\\\\").replaceAll("'", "''"),
    ascii((byte) => `\\x${byte.toString(16).padStart(2, "0")}`),
    ascii((byte) => `\\${byte.toString(8).padStart(3, "0")}`),
  ]) {
    expect(hideSecrets(`a ${written} b`)).toBe("a •••• b");
    expect(cutSecretAt(`text ${written.slice(0, -1)}`)).toBe(5);
  }
});

test.each(["", "u:", "us:", "postgres://user:"])("is hidden in Base64, after %j", (before) => {
  for (const encoding of ["base64", "base64url"] as const) {
    const written = Buffer.from(`${before}${password}@host`).toString(encoding);
    expect(hideSecrets(`a ${written} b`)).toMatch(/^a \w{0,24}••••\w{1,10}=* b$/);
    const start = Math.ceil((before.length * 8) / 6);
    const beginning = written.slice(start, start + 3);
    for (let length = 1; length <= written.length; length++) {
      expect(showable(written.slice(0, length), true)).not.toContain(beginning);
    }
  }
});

test("is hidden in the Base64 of a connection string", () => {
  const hidden = hideSecrets(btoa(`postgresql://reader:${encodeURIComponent(password)}@host/db`));
  const [before = "", after = ""] = hidden.split("••••");
  expect(Buffer.from(before, "base64").toString()).toMatch(/^postgresql:\/\/reader:p?$/);
  expect(after.length).toBeLessThan(16);
});

test("no more is cut than may be a secret", () => {
  hidePassword("qqqqq-and-more", []);
  expect(cutSecretAt("q".repeat(1_000_000))).toBe(1_000_000 - 5);
});

/** A slow search takes for ever. */
test.each(["'", '"', "\\", "&", "%", "'\\''"])(
  "is searched fast where it is full of %s",
  (character) => {
    const long = character.repeat(40);
    hidePassword(`${long}x`, []);
    expect(hideSecrets(long.repeat(50))).toBe(long.repeat(50));
    cutSecretAt(long.repeat(50));
    expect(hideSecrets(`${long}x`)).toBe("••••");
  },
);

test("is hidden with a doubled quote at its end", () => {
  hidePassword("end'", []);
  expect(hideSecrets("a 'end''' b end' c 'end'\\''' d")).toBe("a '••••' b •••• c '••••' d");
});

test("a word that is no secret is hidden in a connection string only", () => {
  const text = "postgres://postgres:postgres@localhost/postgres";
  expect(hideSecrets(text)).toBe("postgres://postgres:••••@localhost/postgres");
  expect(hasSecret("with postgres")).toBe(false);
});

test("an output that is cut in a password has none of it", () => {
  const directory = makeDirectory("secrets");
  const file = join(directory, "stdout");
  writeFileSync(file, `ab ${password}\n`.repeat(3000));
  for (let limit = 0; limit < 40; limit++) {
    expect(readShown(file, limit)).toMatch(/^(ab (••••\n)?)*(ab?)?$/);
  }
  expect(readLastLines(file, 3)).toEqual(["ab ••••", "ab ••••", "ab ••••"]);
});

test.each([
  ["postgresql://owner@x:npg_h7", "postgresql://owner@x:••••"],
  ["postgresql://owner%40x:npg_h7%2Fq more", "postgresql://owner%40x:•••• more"],
  ["//owner@x:npg_h7/", "//owner@x:••••"],
  ["//owner@x:npg_h***@host", "//owner@x:••••***@host"],
  ["//owner@x:npg_...", "//owner@x:npg_..."],
  ["//owner@x:npg_hello@host", "//owner@x:••••ello@host"],
  ["//owner@x:npg_h@host", "//owner@x:npg_h@host"],
  ["//another:npg_h7/q", "//another:npg_h7/q"],
  ["owner@x:npg_h7/q", "owner@x:npg_h7/q"],
])("the beginning of a password behind its user: %s is shown as %s", (text, shown) => {
  expect(hideSecrets(text)).toBe(shown);
});

test("the beginning of one is hidden where a text is cut", () => {
  const secret = "hunter2-Pw.9";
  hidePassword(secret, ["owner"]);
  for (const sign of ["...", "…"]) {
    expect(hideSecrets(`VALUES ('owner', 'hunter2-P${sign}`)).toBe(`VALUES ('owner', '••••${sign}`);
    expect(hideSecrets(`hunter2-Pw.${sign}`)).toBe(`••••${sign}`);
    expect(hideSecrets(`hunt${sign}`)).toBe(`hunt${sign}`); // a word
  }
  expect(hideSecrets("hunter2-P.")).toBe("hunter2-P.");
  for (let most = 9; most < 30; most++) {
    expect(abridge(`password=${secret} dbname=shop`, most)).toMatch(/^password=(?:••••.*)?…$/);
  }
});
