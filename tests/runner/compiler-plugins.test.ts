import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { makeDirectory } from "../support/files.ts";
import { root } from "../support/programs.ts";

test("a program with postgres.js loads TLS with the first connection that needs it", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.write("S", () => setTimeout(() => socket.destroy(), 500)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = address && typeof address === "object" ? address.port : 0;

  const directory = makeDirectory("plugins");
  const file = join(directory, "program.ts");
  writeFileSync(
    file,
    `import { connect } from ${JSON.stringify(join(root, "drivers/postgres.ts"))};
const isLoaded = () => process.moduleLoadList.includes("NativeModule tls");
console.log(isLoaded());
await connect("postgresql://127.0.0.1:1/none").catch(() => {});
console.log(isLoaded());
await connect("postgresql://127.0.0.1:${port}/none", { ssl: "require" }).catch(() => {});
console.log(isLoaded());
`,
  );
  const source = { name: "program", file };
  const programs = await compileSteps([source], directory);
  const child = spawn(process.execPath, [programs.get(source) ?? ""], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed = await child.stdout.toArray();
  expect(printed.join("")).toBe("false\nfalse\ntrue\n");
});
