import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../faults/support/proxy.ts";
import { expectExit, expectRefused } from "../support/command.ts";
import { given, sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

/** Moves the cursor, turns text around, and is a command to GitHub. */
const bad = "\x1b[2J\u202e\x9b31m";
const commands = "::stop-commands::x\n##[error]injected";

/** Nothing that is printed may do anything, or be a command that is not ours. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
  expect(text).not.toMatch(/^\s*::stop-commands/m);
  expect(text).not.toContain("##[");
}

function hostileGuide() {
  const guide = makeShellGuide(["01-create"]);
  const manifest = JSON.parse(guide.read("steps/guide.json"));
  guide.write(
    "steps/guide.json",
    JSON.stringify({ ...manifest, title: `Title ${bad}\n${commands}`, drivers: ["pg"] }),
  );
  guide.write("steps/01-create.md", `# Step ${bad} ##[error]\n`);
  guide.write("steps/01-create.sh", `cat <<'END' >&2\n${bad}${commands}\nEND\nexit 1\n`);
  return guide;
}

describe.each([{}, { GITHUB_ACTIONS: "true" }])("a hostile guide, with %j", (environment) => {
  const onGithub = "GITHUB_ACTIONS" in environment;

  test.each([
    [["--list"], 0],
    [["--yes"], 1],
    [["export", "x.md"], 1],
  ] as const)("%j: what it says does nothing", async (choices, exitCode) => {
    const { code, stdout, stderr } = await hostileGuide().guide(choices, {
      ...given,
      ...environment,
    });
    // Within an annotation of ours, the rest of the line is its text.
    const printed = (stdout + stderr).replace(/^::error file=.*$/gm, "");
    expect(code, printed).toBe(exitCode);
    expect(printed).toContain("\\x1b[2J\\u{202e}\\x9b31m");
    expectHarmless(onGithub ? printed : printed.replaceAll("##[", "").replaceAll("::stop", ""));
  });
});

test("the name of a file that cannot be read does nothing, either", async () => {
  const result = await sharedProject().guide(["--guide", `/nowhere/${bad}`], {});
  await expectRefused(result, "/nowhere/\\x1b[2J\\u{202e}");
  expectHarmless(result.stderr);
});

/** A server that gives something else for its version, which is 18.4. */
test.each(["--yes", "doctor"])(
  "what a server says of its version does nothing: %s",
  async (choice) => {
    const { port } = new URL(given.DATABASE_URL);
    const proxy = await listen((client) => {
      const server = connect(Number(port), "127.0.0.1").on("error", () => {});
      client.on("close", () => server.destroy()).pipe(server);
      server.on("data", (bytes) => {
        const text = bytes.toString("latin1").replaceAll("18.4", "\x1b[2J");
        client.write(text, "latin1");
      });
    });
    onTestFinished(() => proxy.close());
    const url = given.DATABASE_URL.replace(port, String(proxy.port));
    const { guide } = choice === "doctor" ? sharedProject() : makeShellGuide(fewRuns);
    const { stdout, stderr } = await guide([choice], { DATABASE_URL: url });
    expect(stdout).toContain("PostgreSQL \\x1b[2J");
    expectHarmless(stdout + stderr);
  },
);

/** Nobody foresaw it: it is thrown where a promise waits, or in the handler of an event. */
test.each(["throw error", "setImmediate(() => { throw error; })"])(
  "a bug of ours is named as one, with its stack and without a secret: %s",
  async (fail) => {
    const code = `process.stdout.write = () => {
      const error = new TypeError("nothing at postgres://me:hunter2 hunter2@host/db");
      error.input = "hunter2";
      ${fail};
    };`;
    const coded = Buffer.from(code).toString("base64"); // the stack names the module by it
    const NODE_OPTIONS = `--import=data:text/javascript;base64,${coded}`;
    const ended = await sharedProject().command(["--list"], { ...given, NODE_OPTIONS });
    expect(ended.stderr).toMatch(
      /^This is a bug in the guide's runner \(\d.*\)\. Please report it .*:\nTypeError: nothing at postgres:\/\/\.\.\.@host\/db\n +at /,
    );
    expect(ended.stderr).not.toContain("hunter2");
    expectExit(ended, 1);
  },
);
