// Makes dist/, which is what the package consists of: node strips no types below node_modules. npm runs
// this before it packs the project, also where it installs the project from git.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const compiler = join(root, "node_modules/typescript/bin/tsc");
const others = [
  "runner/document/page",
  "runner/run/server-guards/python",
  "classroom/live/page",
  "classroom/board/page",
  "classroom/board/lookalikes.txt",
];

const command = process.env.npm_command;
if (command === "pack" && !existsSync(compiler)) {
  console.error("The package is compiled before it is packed. Run: npm ci");
  process.exit(1);
}
// `npm ci` in a checkout has no use for it.
if (command !== "ci" && existsSync(compiler)) {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  execFileSync(process.execPath, [compiler, "-p", import.meta.dirname], { stdio: "inherit" });
  for (const one of others) cpSync(join(root, one), join(root, "dist", one), { recursive: true });
  await bundleEditor(join(root, "dist/classroom/live/page"));
}

/**
 * Bundles the live page's editor with CodeMirror, which a package does not bring, and its licences.
 * @param {string} directory
 */
async function bundleEditor(directory) {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["classroom/live/page/editor/editor.ts"],
    outfile: join(directory, "editor.js"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    tsconfigRaw: "{}",
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs).join("\n");
  const packages = inputs.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g);
  const names = new Set(Array.from(packages, ([, name]) => String(name)));
  const licences = [...names].sort().map((name) => {
    const text = readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8");
    return `${name}\n\n${text}`;
  });
  writeFileSync(join(directory, "editor.licences.txt"), licences.join("\n---\n"));
}
