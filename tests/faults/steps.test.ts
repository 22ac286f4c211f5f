import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { prove, record } from "./support/fault.ts";
import { hang, makeGuide } from "./support/guide.ts";
import { serverForFile } from "./support/server.ts";

const server = await serverForFile();

const hangs = ["for (;;)", "new Promise(() => setInterval", "new Promise(() => {})"];

/**
 * [case, the step's code, what is printed if it is not verified, golden file, exit code] Those that hang have a time
 * limit of 3 s.
 */
const lines: [string, string, (RegExp | undefined)?, string?, number?][] = [
  ["never ends", hang, /pg timed out after 3 s\./],
  ["never ends, in a loop", "for (;;);", /pg timed out after 3 s\./],
  ["ignores SIGTERM", `process.on("SIGTERM", () => {}); ${hang}`, /pg timed out after 3 s\./],
  [
    "leaves a grandchild behind",
    'const { spawn } = await import("node:child_process"); spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", process.env.XDG_CACHE_HOME ?? ""], { stdio: "inherit" }).unref();',
  ],
  [
    "prints 100 MB",
    'raw:process.stdout.write("x".repeat(100 * 1024 * 1024 - 1) + "\\n"); process.exit(0);',
    /@@ -1,1 \+1,1 @@[\s\S]*The diff is cut here/,
  ],
  [
    "prints 100 MB, as documented",
    'raw:process.stdout.write("x".repeat(100 * 1024 * 1024 - 1) + "\\n"); process.exit(0);',
    undefined,
    `${"x".repeat(100 * 1024 * 1024 - 1)}\n`,
  ],
  ["prints without a newline", 'raw:process.stdout.write("done");', /No newline at end of file/],
  [
    "prints bytes that are not UTF-8",
    "raw:process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a]));",
    /drift/,
  ],
  [
    "prints terminal escape sequences",
    'raw:console.log("\\x1b]0;title\\x07\\x1b[2J");',
    /\+\\x1b\]0;title\\x07\\x1b\[2J/,
  ],
  ["closes stdout", 'raw:import { closeSync } from "node:fs"; console.log("done"); closeSync(1);'],
  [
    "opens /dev/stdout again, and prints more than the guide says",
    'raw:import { appendFileSync } from "node:fs"; console.log("more"); appendFileSync("/dev/stdout", "done\\n");',
    /\+more/,
  ],
  [
    "opens /dev/stdout again, as documented",
    'raw:import { appendFileSync } from "node:fs"; console.log("first"); appendFileSync("/dev/stdout", "done\\n");',
    undefined,
    "first\ndone\n",
  ],
  [
    "empties its own stdout, and prints the rest as documented",
    'raw:import { writeFileSync } from "node:fs"; console.log("more"); writeFileSync("/dev/stdout", "done\\n");',
    /node emptied what it had printed, by opening \/dev\/stdout/,
  ],
  [
    "empties its own stderr",
    'raw:import { openSync } from "node:fs"; console.log("done"); console.error("careful"); openSync("/dev/stderr", "w");',
    /node emptied what it had printed, by opening \/dev\/stdout or \/dev\/stderr/,
  ],
  [
    "prints 100,000 lines, for which the golden file has a marker",
    'raw:console.log("first"); for (let i = 0; i < 100_000; i++) console.log("line", i); console.log("last");',
    undefined,
    "first\n...\nlast\n",
  ],
  [
    "is compared with markers made to be slow",
    'raw:process.stdout.write("a\\n".repeat(40_000));',
    /Comparing with .*01-step\.txt takes too long/,
    `...\n${"[..]a\n".repeat(20_000)}b\n...\n`,
    2,
  ],
  [
    "exits 0 in mid-work",
    "process.exit(0);",
    /pg exited with 1\.\n +The step ended before its work was done\./,
  ],
  ["awaits what never comes", "await new Promise(() => {});", /timed out|exited with 1/],
  [
    "throws inside a callback",
    'setTimeout(() => { throw new Error("in a callback"); }, 0); await new Promise((resolve) => setTimeout(resolve, 500));',
    /pg exited with 1\.[\s\S]*Error: in a callback/,
  ],
  [
    "rejects without a handler",
    'void Promise.reject(new Error("not handled")); await new Promise((resolve) => setTimeout(resolve, 500));',
    /pg exited with 1\.[\s\S]*Error: not handled/,
  ],
  ["exits 3", "raw:process.exit(3);", /node exited with 3\./],
  [
    "kills itself",
    'raw:process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);',
    /node was ended by SIGKILL\./,
  ],
  ["changes directory", 'raw:process.chdir("/"); console.log("done");'],
  [
    "finds its own file and directory",
    'raw:console.log(import.meta.url.endsWith("/steps/01-step.ts") && process.argv[1]?.endsWith("/steps/01-step.ts") && (await import("node:fs")).existsSync("steps/guide.json") ? "done" : import.meta.url + process.argv[1] + process.cwd());',
  ],
];

describe("steps that misbehave", () => {
  // Two at once: one that hangs leaves the machine to the other.
  test.concurrent.for(lines)("%s", async ([, code, wrong, golden, own], context) => {
    const exitCode = own ?? (wrong ? 1 : 0);
    // Steps that use no driver run once.
    const prints = wrong ?? /The output is verified with (?:1 client|2 clients),/;
    const goldenFiles = golden ? { "01-step": golden } : {};
    const guide = makeGuide({ "01-step": code }, goldenFiles, context.onTestFinished);
    const choices = hangs.some((text) => code.includes(text))
      ? [...guide.choices, "--timeout", "3"]
      : guide.choices;
    const expected = { prints, code: exitCode, within: 30 };
    const ended = await prove(choices, { DATABASE_URL: server.url }, expected, server);
    expect(ended.stdout).not.toContain("\x1b");
    record(context, [ended], exitCode === 0 ? "verified" : "not verified, and why");
  });

  test("writes to the golden file", async (context) => {
    const code = `raw:import { appendFileSync } from "node:fs";
      const golden = new URL("../expected/01-step.txt", import.meta.url);
      if (process.argv.includes("pg")) appendFileSync(golden, "more\\n");
      console.log("done");`;
    const guide = makeGuide({ "01-step": code });
    const expected = {
      prints: /01-step\.txt changed while the guide ran/,
      code: 2,
      within: 30,
    };
    const ended = await prove(guide.choices, { DATABASE_URL: server.url }, expected, server);
    record(context, [ended], "not verified, and why");
  });
});

describe("guides with a wrong layout", () => {
  type Spoil = (directory: string) => void;
  const golden =
    (text: string): Spoil =>
    (directory) =>
      writeFileSync(join(directory, "expected/01-step.txt"), text);
  const step =
    (name: string, text: string): Spoil =>
    (directory) =>
      writeFileSync(join(directory, "steps", name), text);

  test.concurrent.for<[string, Spoil, RegExp, number?]>([
    ["no steps", (d) => rmSync(join(d, "steps/01-step.ts")), /There are no steps in /],
    ["no directory", (d) => rmSync(d, { recursive: true }), /guide\.json does not exist/],
    [
      "two steps with one number",
      step("1-again.ts", "/*\n# Again\n*/\n"),
      /Two steps have the number 1/,
    ],
    [
      "a run of a step that does not exist",
      step("guide.json", '{"title":"x","runs":["01-step","02-gone"]}'),
      /runs "02-gone", and there is no such step/,
    ],
    [
      "a step without a title",
      step("01-step.ts", "console.log('done');"),
      /does not open with \/\* and a title/,
    ],
    [
      "a step file with an odd name",
      step("first.ts", "/*\n# First\n*/\n"),
      /A step is named like 05-sort\.ts/,
    ],
    [
      "a step that is a directory",
      (d) => {
        rmSync(join(d, "steps/01-step.ts"));
        mkdirSync(join(d, "steps/01-step.ts"));
      },
      /01-step\.ts cannot be read/,
    ],
    [
      "a package that is CommonJS",
      (d) => writeFileSync(join(d, "package.json"), "{}"),
      /package\.json makes the steps CommonJS.* Add "type": "module" to it/,
    ],
    ...["expected/01-step.txt", "steps/01-step.ts", "steps/guide.json"].flatMap(
      (file): [string, Spoil, RegExp, number?][] => [
        [
          `a pipe instead of ${file}`,
          (d) => {
            rmSync(join(d, file));
            spawnSync("mkfifo", [join(d, file)]);
          },
          /cannot be read\. It must be a file that you may read\./,
        ],
        [
          `/dev/zero instead of ${file}`,
          (d) => {
            rmSync(join(d, file));
            symlinkSync("/dev/zero", join(d, file));
          },
          /cannot be read\. It must be a file that you may read\./,
        ],
      ],
    ),
    ["a golden file with CRLF", golden("done\r\n"), /The output is verified/, 0],
    ["a golden file with a BOM", golden("\uFEFFdone\n"), /-\\u\{feff\}done\n +\+done/, 1],
    ["a golden file without a final newline", golden("done"), /No newline at end of file/, 1],
    ["an empty golden file", golden(""), /is empty\. Write it/, 1],
    [
      "a directory instead of a golden file",
      (d) => {
        rmSync(join(d, "expected/01-step.txt"));
        mkdirSync(join(d, "expected/01-step.txt"));
      },
      /01-step\.txt cannot be read/,
    ],
    [
      "an orphaned golden file",
      (d) => writeFileSync(join(d, "expected/02-gone.txt"), "x"),
      /No run uses the golden file/,
    ],
  ])("%s", async ([, spoil, prints, exitCode = 2], context) => {
    const steps = { "01-step": 'raw:console.log("done");' };
    const guide = makeGuide(steps, {}, context.onTestFinished);
    spoil(guide.directory);
    const expected = { prints, code: exitCode, within: 15 };
    const ended = await prove(guide.choices, { DATABASE_URL: server.url }, expected, server);
    record(context, [ended], exitCode === 0 ? "verified" : "names the file and the remedy");
  });

  // Root may read everything, so as root this case runs as the user that postgres runs as.
  test("unreadable files", async (context) => {
    const guide = makeGuide({ "01-step": 'raw:console.log("done");' });
    chmodSync(guide.directory, 0o755);
    const file = join(guide.directory, "steps/01-step.ts");
    chmodSync(file, 0o000);
    const { serverUser } = await import("../../runner/database/embedded/server.ts");
    const expected = {
      prints: /01-step\.ts cannot be read\. It must be a file that you may read\./,
      code: 2,
      within: 15,
    };
    const ended = await prove(
      guide.choices,
      { DATABASE_URL: server.url },
      expected,
      server,
      serverUser(),
    );
    record(context, [ended], "names the file and the remedy");
  });
});
