import { rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../../runner/connection/connect.ts";
import { parseConnectionString } from "../../runner/connection/connection-string.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { tlsOptions } from "../../runner/connection/tls.ts";

const neon =
  "postgresql://alex:AbC123dEf@ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech/neondb?sslmode=require&channel_binding=require";

test("reads what Neon's console hands out", () => {
  expect(parseConnectionString(neon)).toEqual({
    host: "ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech",
    port: 5432,
    user: "alex",
    password: "AbC123dEf",
    database: "neondb",
    sslMode: "require",
    sslRootCertificate: "",
    channelBinding: "require",
    applicationName: "neon-guide",
    connectTimeout: 15,
    listenTimeout: 15,
    options: "",
  });
});

test.each<[string, object]>([
  ["postgres://u:p@h:6543/d", { user: "u", password: "p", host: "h", port: 6543, database: "d" }],
  ["postgres://u@h", { user: "u", password: "", host: "h", port: 5432, database: "u" }],
  ["postgres://h/d", { user: userInfo().username, host: "h", database: "d" }],
  [
    "postgres://us%40er:p%2Fw%25%20%C3%BC@h/my%20db",
    { user: "us@er", password: "p/w% ü", database: "my db" },
  ],
  ["postgres://u:a:b?c#d@h/d", { password: "a:b?c#d", host: "h" }],
  ["postgres://u:p@[::1]:7777/d", { host: "::1", port: 7777 }],
  ["postgres://u:p@[2001:db8::1]/d?sslmode=disable", { host: "2001:db8::1", port: 5432 }],
  ["postgres://u:p@%2Ftmp/d", { host: "/tmp", sslMode: "disable" }],
  [
    "postgres:///d?host=/var/run/postgresql&user=u",
    { host: "/var/run/postgresql", user: "u", sslMode: "disable" },
  ],
  [
    "postgres://u:p@h/d?host=other&port=1234&dbname=e&password=q",
    { host: "other", port: 1234, database: "e", password: "q" },
  ],
  [
    "postgres://u:p@h/d?application_name=my%20app&connect_timeout=3",
    { applicationName: "my app", connectTimeout: 3 },
  ],
  ["postgres://u:p@h/d?some_future_parameter=1", { database: "d" }],
  ["postgres://u:p@h/d?options=-c%20geqo%3Doff", { options: "-c geqo=off" }],
  // Only both together are the placeholders: either may be somebody's own.
  ["postgres://user:p@h/d", { user: "user", password: "p" }],
  ["postgres://u:PASSWORD@h/d", { user: "u", password: "PASSWORD" }],
  ["postgres://a_user:PASSWORD@h/d", { user: "a_user" }],
  ["postgres://users:PASSWORD@h/d", { user: "users" }],
  ["postgres://user:a_password@h/d", { password: "a_password" }],
  ["postgres://user:passwords@h/d", { password: "passwords" }],
  ["postgres://u:p@h:1/d?connect_timeout=120", { port: 1, connectTimeout: 120 }],
  ["postgres://u:p@h:65535/d?a", { port: 65535, database: "d" }],
  ["postgres://u:p@h/d?fallback_application_name=mine", { applicationName: "mine" }],
  ["postgres://u:p@h/d?channel_binding=disable", { channelBinding: "disable" }],
  ["postgres://u:p@h/d%40x", { host: "h", database: "d@x" }],
  ["postgres://h/d?user=u%40x", { host: "h", user: "u@x" }],
  ["postgres://u:p@h/d?options=-c%20a=b=c", { options: "-c a=b=c" }],
])("reads %s", (text, settings) => {
  expect(parseConnectionString(text)).toMatchObject(settings);
});

test.each([
  ["localhost:1", 15, 3],
  ["127.0.0.1", 15, 3],
  ["[::1]", 15, 3],
  ["%2Ftmp", 15, 3],
  ["10.0.0.1", 15, 15],
  ["localhost.example.org", 15, 15],
  ["localhost/d?connect_timeout=60", 60, 60],
  ["h/d?connect_timeout=1", 1, 1],
])("waits for %s %i seconds, and %i if nothing listens", (rest, connectTimeout, listenTimeout) => {
  const settings = parseConnectionString(`postgres://u:p@${rest}`);
  expect(settings).toMatchObject({ connectTimeout, listenTimeout });
});

test.each([
  ["ECONNREFUSED", 1],
  ["57P03", 2],
])("after %s, tries %i times if nothing has to begin to listen", async (code, attempts) => {
  let count = 0;
  const driver = {
    connect: async () => {
      count++;
      throw Object.assign(new Error("no"), { code: count === 2 ? "28P01" : code });
    },
  };
  const settings = { ...parseConnectionString("postgres://u:p@h/d"), listenTimeout: 0 };
  await expect(connect(driver, settings)).rejects.toThrow();
  expect(count).toBe(attempts);
});

describe("TLS", () => {
  test.each<[string, unknown]>([
    ["h/d?sslmode=disable", false],
    ["h/d?sslmode=require", { host: "h", servername: "h", rejectUnauthorized: true }],
    ["h/d?sslmode=verify-full", { host: "h", servername: "h", rejectUnauthorized: true }],
    ["h/d?sslmode=no-verify", { host: "h", servername: "h", rejectUnauthorized: false }],
    ["h/d?ssl=true", { host: "h", servername: "h", rejectUnauthorized: true }],
    ["10.0.0.1/d?sslmode=require", { host: "10.0.0.1", servername: "", rejectUnauthorized: true }],
    [
      "db.example.com/d",
      { host: "db.example.com", servername: "db.example.com", rejectUnauthorized: true },
    ],
    ["localhost/d", false],
    [
      "localhost/d?ssl=true",
      { host: "localhost", servername: "localhost", rejectUnauthorized: true },
    ],
    ["127.0.0.1/d", false],
    ["[::1]/d", false],
  ])("%s", (rest, tls) => {
    const settings = parseConnectionString(`postgres://u:p@${rest}`);
    expect(settings.sslMode !== "disable" && tlsOptions(settings)).toEqual(tls);
  });

  test("a file of sslrootcert that cannot be read", () => {
    const settings = parseConnectionString("postgres://u:secret@h/d?sslrootcert=/no/such/file");
    expect(() => tlsOptions(settings)).toThrow(
      "The connection string cannot be used. The file of sslrootcert cannot be read: /no/such/file",
    );
  });

  test("verify-ca leaves the host name out; sslrootcert brings a certificate", () => {
    const file = join(tmpdir(), `ca-${process.pid}.pem`);
    writeFileSync(file, "certificate");
    onTestFinished(() => rmSync(file));
    const query = `sslmode=verify-ca&sslrootcert=${encodeURIComponent(file)}`;
    const options = tlsOptions(parseConnectionString(`postgres://u:p@h/d?${query}`));
    expect(options).toMatchObject({ ca: "certificate", rejectUnauthorized: true });
    expect(options.checkServerIdentity).toBeTypeOf("function");
  });
});

test.each([
  ["", "It does not start with postgresql:// or postgres://."],
  [
    "postgresql://owner%3Asecret@h/d",
    "Its user name has a : in it, and there is no password. Between user and password, write : and not %3A.",
  ],
  ["mysql://u:secret@h/d", "It does not start with postgresql:// or postgres://."],
  [
    '"postgres://u:secret@h/d"',
    "It has a quote, a blank or a line break at its start or end. Remove it.",
  ],
  [
    "postgres://u:secret@h/d\n",
    "It has a quote, a blank or a line break at its start or end. Remove it.",
  ],
  [
    "psql 'postgres://u:secret@h/d'",
    "It is a psql command. Keep only the text between the quotes.",
  ],
  ["psql postgres://u:secret@h/d", "It is a psql command. Keep only the text between the quotes."],
  [" psql postgres://u:secret@h/d", "It is a psql command. Keep only the text between the quotes."],
  ["mypsql postgres://u:secret@h/d", "It does not start with postgresql:// or postgres://."],
  ["my psql postgres://u:secret@h/d", "It does not start with postgresql:// or postgres://."],
  ["a'b://u:secret@h/d", "It does not start with postgresql:// or postgres://."],
  ["postgres://u:secret@/d", "It names no host. Write postgresql://user:password@HOST/database."],
  [
    "postgres://USER:PASSWORD@HOST/d",
    "It still has the placeholders for user and password. Replace them with yours.",
  ],
  [
    "postgres://[user]:[Password]@h/d",
    "It still has the placeholders for user and password. Replace them with yours.",
  ],
  ...["****************", "••••", "*"].map((masked): [string, string] => [
    `postgres://neondb_owner:${masked}@h/d`,
    "Its password is masked. Click Show password where you copy it, and copy it again.",
  ]),
  ["postgres://u:secret@a,b/d", "It names several hosts. Keep one."],
  ["postgres://u:secret@a,b/d?host=c", "It names several hosts. Keep one."],
  ["postgres://u:secret@a:1,b:2/d?host=c", "It names several hosts. Keep one."],
  [
    "postgres://u:sec@ret@h/d",
    "A connection string has one @, before the host. In a password, write @ as %40 and / as %2F.",
  ],
  [
    "postgres://u:5ecret/secret@h/d",
    "A connection string has one @, before the host. In a password, write @ as %40 and / as %2F.",
  ],
  ...["postgres://u:5/secret%40h/d", "postgres://u:5/sec?ret%40h/d"].map(
    (text): [string, string] => [
      text,
      "A connection string has one @, before the host. In a password, write @ as %40 and / as %2F.",
    ],
  ),
  ["postgres://u:secret@h%20h/d", "Its host contains an @ or a space. Copy it again."],
  [
    "postgres://u:secret%@h/d",
    "Its password has a % that is not followed by two hex digits of UTF-8 text. Write % as %25.",
  ],
  [
    "postgres://u:secret%00@h/d",
    "Its password has a % that is not followed by two hex digits of UTF-8 text. Write % as %25.",
  ],
  ["postgres://u:secret\uD800@h/d", "Its password is not valid text. Copy it again."],
  ...["user name", "host", "port", "database name", "query string"].map(
    (part, index): [string, string] => {
      const [user, host, port, database, parameters] = ["u", "h", "1", "d", "a=b"].map(
        (text, at) => (at === index ? `${text}%` : text),
      );
      return [
        `postgres://${user}:secret@${host}:${port}/${database}?${parameters}`,
        `Its ${part} has a % that is not followed by two hex digits of UTF-8 text. Write % as %25.`,
      ];
    },
  ),
  [
    "postgres://u:secret@h/d?a%=b",
    "Its query string has a % that is not followed by two hex digits of UTF-8 text. Write % as %25.",
  ],
  ["postgres://u:secret@h:1x/d", "Its port is not a number from 1 to 65535."],
  ["postgres://u:secret@h:x1/d", "Its port is not a number from 1 to 65535."],
  ["postgres://u:secret@h:0/d", "Its port is not a number from 1 to 65535."],
  ["postgres://u:secret@h:65536/d", "Its port is not a number from 1 to 65535."],
  ["postgres://u:secret@h:port/d", "Its port is not a number from 1 to 65535."],
  ["postgres://u:secret@h:70000/d", "Its port is not a number from 1 to 65535."],
  [
    "postgres://u:secret@[::1/d",
    "The part after the @ is not host:port/database. Write an IPv6 address in [brackets].",
  ],
  [
    "postgres://u:secret@h/d?sslmode=prefer",
    "sslmode=prefer may silently use no TLS. Write sslmode=require, or sslmode=disable where you trust the network.",
  ],
  [
    "postgres://u:secret@h/d?sslmode=allow",
    "sslmode=allow may silently use no TLS. Write sslmode=require, or sslmode=disable where you trust the network.",
  ],
  [
    "postgres://u:secret@h/d?sslmode=perhaps",
    "sslmode is one of: disable, require, verify-ca, verify-full, no-verify.",
  ],
  [
    "postgres://u:secret@h/d?channel_binding=maybe",
    "channel_binding is one of: disable, prefer, require.",
  ],
  [
    "postgres://u:secret@h/d?sslmode=no-verify&channel_binding=require",
    "channel_binding=require needs a verified TLS connection: use sslmode=require.",
  ],
  [
    "postgres://u:secret@h/d?sslmode=disable&channel_binding=require",
    "channel_binding=require needs a verified TLS connection: use sslmode=require.",
  ],
  [
    "postgres://u:secret@h/d?connect_timeout=soon",
    "connect_timeout is a whole number of seconds, 1 or more.",
  ],
  ...["0", "1x", "x1", "1000000", "-1"].map((seconds): [string, string] => [
    `postgres://u:secret@h/d?connect_timeout=${seconds}`,
    "connect_timeout is a whole number of seconds, 1 or more.",
  ]),
  ...[
    ...["hostaddr", "passfile", "require_auth", "service", "sslcert", "sslkey", "sslcrl"],
    ...["sslcrldir", "sslnegotiation", "target_session_attrs"],
  ].map((name): [string, string] => [
    `postgres://u:secret@h/d?${name}=x`,
    `The parameter ${name} is not supported here. Remove it.`,
  ]),
])("refuses %s", (text, reason) => {
  let message = "";
  try {
    parseConnectionString(text);
  } catch (error) {
    if (error instanceof Error) message = error.message;
  }
  expect(message).toBe(`The connection string cannot be used. ${reason}`);
  expect(message).not.toMatch(/secret|ret@h/);
});

test.each([
  ["postgres://u:p@h:1/d?sslmode=require", "postgresql://u:p@h:1/x%20y?sslmode=require"],
  ["postgres://u:p?#@h", "postgresql://u:p%3F%23@h/x%20y"],
  ["postgres://u@[::1]:5/d?dbname=e&a=1", "postgresql://u@[::1]:5/x%20y?a=1"],
  ["postgres://h/d?db%6Eame=e", "postgresql://h/x%20y"],
  ["postgres:///d?host=/tmp", "postgresql:///x%20y?host=%2Ftmp"],
  ["postgres://h/d?a=1&b&c=2=3", "postgresql://h/x%20y?a=1&b=&c=2%3D3"],
])("changes the database of %s", (before, after) => {
  expect(withDatabase(before, "x y")).toBe(after);
});
