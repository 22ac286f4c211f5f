import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ConnectionSettings,
  parseConnectionString,
} from "../../runner/connection/connection-string.ts";
import { splitUri, withDatabase } from "../../runner/connection/connection-uri.ts";
import { SetupError } from "../../runner/connection/errors.ts";

const secret = "s3cr3t-w0rd";
/** What separates the parts of a connection string, and what looks like it. */
const pieces = fc.constantFrom(
  "postgres://",
  "postgresql://",
  ":",
  "@",
  "/",
  "?",
  "&",
  "=",
  "#",
  "%",
  "%40",
  "%2F",
  "%zz",
  "[",
  "]",
  "::1",
  ",",
  " ",
  "'",
  "\0",
  "ü",
  "sslmode",
  "require",
  "host",
  "port",
  "5432",
  "dbname",
  "x",
  secret,
);
const nearUri = fc.array(pieces, { maxLength: 16 }).map((parts) => parts.join(""));
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  nearUri,
  nearUri.map((text) => `postgres://u:${secret}@${text}`),
);

const oneOf = (unit: "binary" | "binary-ascii") => fc.string({ unit, minLength: 1, maxLength: 1 });
/** Graphemes would take seconds to list. */
const anyCharacter = fc.oneof(oneOf("binary-ascii"), oneOf("binary"));

test("no text crashes the parser, and no message shows the password", () => {
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const settings = parseConnectionString(text);
        expect(settings.host).not.toBe("");
        expect(settings.port).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        // A file's name is shown where sslrootcert cannot be read; these texts have none.
        expect(error.message).not.toContain(secret);
      }
    }),
    { numRuns: 5000 },
  );
});

test("what libpq's own rules put together comes apart again", () => {
  const part = fc
    .string({ unit: anyCharacter, minLength: 1, maxLength: 12 })
    .filter((text) => !text.includes("\0"));
  const port = fc.integer({ min: 1, max: 65535 });
  fc.assert(
    fc.property(part, part, part, port, part, (user, password, host, number, database) => {
      const encode = encodeURIComponent;
      const uri = `postgresql://${encode(user)}:${encode(password)}@${encode(host)}:${number}/${encode(database)}`;
      expect(splitUri(uri)).toMatchObject({ user, password, host, port: String(number), database });
      expect(splitUri(withDatabase(uri, "other"))).toMatchObject({
        user,
        password,
        host,
        database: "other",
      });
    }),
    { numRuns: 2000 },
  );
});

test("no part of a password, however it is written, is taken for a host or a database", () => {
  const passwords = fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 8 });
  fc.assert(
    fc.property(passwords, (parts) => {
      let settings: ConnectionSettings;
      try {
        settings = parseConnectionString(
          `postgres://u:${parts.join("")}@host.example:6543/library`,
        );
      } catch {
        return;
      }
      const { user, host, port, database } = settings;
      expect([user, host, port, database]).toEqual(["u", "host.example", 6543, "library"]);
    }),
    { numRuns: 5000 },
  );
});

test("another database changes nothing but the database, however the string is written", () => {
  const encoded = fc.constantFrom("%64bname", "db%6Eame", "%40", "dbname=", "host=h");
  const uris = fc
    .array(fc.oneof(pieces, encoded, fc.string({ maxLength: 3 })), { maxLength: 16 })
    .map((parts) => `postgres://u:${secret}@h/d?${parts.join("&")}`);
  fc.assert(
    fc.property(fc.oneof(texts, uris), fc.string({ unit: anyCharacter }), (text, database) => {
      let before: ConnectionSettings;
      try {
        before = parseConnectionString(text);
      } catch {
        return;
      }
      fc.pre(!/[\0@]/.test(database) && database !== ""); // an @ looks like a part of a password
      const after = parseConnectionString(withDatabase(text, database));
      expect(after).toEqual({ ...before, database });
    }),
    {
      numRuns: 5000,
      examples: [
        ["postgres://=?%40", "d"],
        ["postgres://@h%40?%40", "d"],
      ],
    },
  );
});

/** The parser of libpq (fe-connect.c, conninfo_uri_parse_options), step by step, for one host. */
function asLibpq(text: string): string[] | undefined {
  const prefix = /^postgres(ql)?:\/\//.exec(text)?.[0];
  if (!prefix) return undefined;
  let rest = text.slice(prefix.length);
  let user = "";
  let password = "";
  const stop = rest.search(/[@/]/);
  if (stop >= 0 && rest[stop] === "@") {
    const info = rest.slice(0, stop);
    const colon = info.indexOf(":");
    user = colon < 0 ? info : info.slice(0, colon);
    password = colon < 0 ? "" : info.slice(colon + 1);
    rest = rest.slice(stop + 1);
  }
  let host: string;
  if (rest.startsWith("[")) {
    const end = rest.indexOf("]");
    if (end <= 1) return undefined;
    host = rest.slice(1, end);
    rest = rest.slice(end + 1);
    if (rest && !/^[:/?,]/.test(rest)) return undefined;
  } else {
    host = /^[^:/?,]*/.exec(rest)?.[0] ?? "";
    rest = rest.slice(host.length);
  }
  if (rest.startsWith(",")) return undefined; // several hosts: we take one
  const port = rest.startsWith(":") ? (/^:([^/?,]*)/.exec(rest)?.[1] ?? "") : "";
  rest = rest.startsWith(":") ? rest.slice(port.length + 1) : rest;
  const database = rest.startsWith("/") ? (/^\/([^?]*)/.exec(rest)?.[1] ?? "") : "";
  try {
    return [user, password, host, port, database].map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

test("a URL that is split means what libpq would mean by it", () => {
  const uris = nearUri.map((text) => `postgresql://${text}`);
  fc.assert(
    fc.property(uris, (text) => {
      const expected = asLibpq(text);
      let parts: ReturnType<typeof splitUri>;
      try {
        parts = splitUri(text);
      } catch {
        return; // refusing is always allowed
      }
      if (!expected || parts.host.includes(",") || parts.port.includes(",")) return;
      const { user, password, host, port, database } = parts;
      expect([user, password, host, port, database]).toEqual(expected);
    }),
    { numRuns: 5000 },
  );
});
