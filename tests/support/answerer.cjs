// Answers command lines, one after the other, as a process of its own would answer each: in the given
// environment, from the directory for temporary files. It stays until the one that started it is gone.
const { setMaxListeners } = require("node:events");
const { statSync } = require("node:fs");
const { tmpdir } = require("node:os");

let end = new AbortController();
let stdout = "";
let stderr = "";

const loaded = new Map();

/** A runner that was compiled again is loaded again, from the same file. */
function load(runner) {
  const { mtimeMs } = statSync(runner);
  if (loaded.get(runner) !== mtimeMs) delete require.cache[runner];
  loaded.set(runner, mtimeMs);
  return require(runner);
}

process.stdout.write = (text) => {
  stdout += text;
  return true;
};
process.stderr.write = (text) => {
  stderr += text;
  return true;
};
process.on("disconnect", () => process.exit());
process.on("message", async (asked) => {
  if (asked === "end") return end.abort(143);
  const { runner, choices, environment } = asked;
  for (const name of Object.keys(process.env)) {
    if (!Object.hasOwn(environment, name)) delete process.env[name];
  }
  Object.assign(process.env, environment);
  process.chdir(tmpdir());
  end = new AbortController();
  setMaxListeners(0, end.signal);
  stdout = "";
  stderr = "";
  const code = await load(runner).dispatch(choices, {
    print: (text) => process.stdout.write(text),
    note: (text) => console.error(text),
    signal: end.signal,
    interrupt: () => end.abort(130),
  });
  process.send({ code, stdout, stderr });
});
