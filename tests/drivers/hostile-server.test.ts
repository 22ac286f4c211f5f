import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drivers } from "../../drivers/drivers.ts";
import { connect } from "../../runner/connection/connect.ts";
import { DatabaseError } from "../../runner/connection/errors.ts";
import { makeAuthority } from "../faults/support/certificates.ts";
import {
  authentication,
  challenge,
  letIn,
  message,
  type Reply,
  ready,
  scram,
  startScriptedServer,
} from "./scripted-server.ts";

let directory: string;
let tls: { key: string; cert: string };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hostile-"));
  const authority = await makeAuthority("Trusted");
  const { private: key, cert } = await authority.sign("localhost");
  tls = { key, cert };
  writeFileSync(join(directory, "ca.pem"), authority.certificate);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const password = "correct-horse";
const plainUrl = (port: number, rest = "") =>
  `postgres://reader:${password}@127.0.0.1:${port}/d?connect_timeout=2${rest}`;
const tlsUrl = (port: number, rest: string) => {
  const file = encodeURIComponent(join(directory, "ca.pem"));
  const url = plainUrl(port, `&sslmode=require&sslrootcert=${file}${rest}`);
  return url.replace("127.0.0.1", "localhost");
};

describe.each(Object.entries(drivers))("the driver %s", (driver, load) => {
  async function failureOf(url: string, statement = "SELECT 1"): Promise<string> {
    const work = async () => {
      const db = await connect(await load(), url);
      await db.query(statement).finally(() => db.close());
    };
    const error = await work().then(
      () => new Error("no failure"),
      (reason: unknown) => reason,
    );
    if (!(error instanceof DatabaseError)) throw error;
    return `${error.phase} ${error.code}: ${error.message}`;
  }

  const bound = /^connect CHANNEL_BINDING: channel_binding=require, and the server's way to log in/;
  test.each<[string, Buffer, boolean]>([
    ["a password in clear", authentication(3), true],
    ["an MD5 hash", authentication(5, "salt"), true],
    ["nothing", letIn, true],
    ["SCRAM without channel binding", scram, driver === "pg"],
  ])("with channel_binding=require, a server that asks for %s", async (_, request, isRefused) => {
    const server = await startScriptedServer([request, message("E", "SFATAL\0CX\0Mno\0\0")], {
      tls,
      closes: true,
    });
    const failure = await failureOf(tlsUrl(server.port, "&channel_binding=require"));
    if (isRefused) expect(failure).toMatch(bound);
    else expect(failure).not.toMatch(bound);
    // The start-up message names the user and the database; nothing of the password follows it.
    expect(server.received.length).toBe(isRefused ? 1 : 2);
  });

  test("an absurd number of SCRAM iterations is refused, not computed", async () => {
    const server = await startScriptedServer([scram, challenge("2147483647")]);
    expect(await failureOf(plainUrl(server.port))).toMatch(
      /^connect SCRAM_ITERATIONS: The server wants the password to be hashed 2147483647 times/,
    );
    expect(server.received.length).toBe(2);
  });

  test("a server that lets one in without the last step of SCRAM", async () => {
    const server = await startScriptedServer([scram, challenge("4096"), letIn]);
    expect(await failureOf(plainUrl(server.port))).toMatch(/^connect INVALID_RESPONSE/);
  });

  // pg has no statement to send while it connects; what follows has a limit of its own.
  const afterLogin: [string, Reply[]][] = driver === "postgres" ? [["after it", [letIn]]] : [];
  test.each<[string, Reply[]]>([
    ...afterLogin,
    ["before the login", []],
    ["in the middle of it", [scram]],
    ["in the middle of a message", [Buffer.from("R\0")]],
  ])("a server that falls silent %s", async (_, replies) => {
    const server = await startScriptedServer(replies);
    expect(await failureOf(plainUrl(server.port).replace("timeout=2", "timeout=1"))).toBe(
      "connect CONNECT_TIMEOUT: The server did not answer in time.",
    );
  });

  test.each<[string, Buffer]>([
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["SSH", Buffer.from("SSH-2.0-OpenSSH_9.6\r\n")],
    ["a message of an unknown type", message("!")],
    ["a login without a kind", message("R", "\0")],
    ["an error without an end", message("E", "SFATAL\0C28P01")],
    ["a notice without an end", message("N", "S")],
    ["a parameter without a value", message("S", "server_version")],
    ["a length below zero", Buffer.from([0x52, 0xff, 0xff, 0xff, 0xff])],
    ["SCRAM out of order", authentication(11, "r=1,s=c2FsdA==,i=4096")],
  ])("a server that speaks %s", async (_, bytes) => {
    const server = await startScriptedServer([bytes]);
    expect(await failureOf(plainUrl(server.port))).toMatch(/^connect INVALID_RESPONSE: /);
  });

  test.each(["", "r=x", "r=x,s=,i=1", "r=x,s=c2FsdA==,i=0", "r=x,s=c2FsdA==,i=-1", "e=other"])(
    "a challenge that is %j",
    async (text) => {
      const server = await startScriptedServer([scram, authentication(11, text)]);
      expect(await failureOf(plainUrl(server.port))).toMatch(/^connect INVALID_RESPONSE: /);
    },
  );

  test("what a server says moves no cursor and turns no text around", async () => {
    const error = "SFATAL\0C\x1b[31m\0M\x1b]0;title\x07 \u202eevil\nline\0\0";
    const server = await startScriptedServer([message("E", error)], { closes: true });
    expect(await failureOf(plainUrl(server.port))).toBe(
      "connect \\x1b[31m: \\x1b]0;title\\x07 \\u{202e}evil line",
    );
  });

  test("whatever follows the login, it is an error or an answer, in time", async () => {
    const body = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string().map(Buffer.from));
    const messages = fc
      .tuple(fc.constantFrom(..."RSKZTDCENI123nstAGHWcdVv!"), body)
      .map(([type, bytes]) => message(type, Buffer.from(bytes)));
    const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(messages, noise), { minLength: 1, maxLength: 4 }),
        async (parts) => {
          const one = message("C", "SELECT 1\0");
          const replies = [letIn, Buffer.concat([one, ready]), Buffer.concat(parts)];
          const server = await startScriptedServer(replies, { closes: true });
          const outcome = await failureOf(plainUrl(server.port)).catch((error) => {
            if (error instanceof Error && error.message === "no failure") return "answer";
            throw error;
          });
          expect(outcome).not.toMatch(/STATEMENT_TIMEOUT|CONNECT_TIMEOUT/);
        },
      ),
      { numRuns: 60 },
    );
  });
});
