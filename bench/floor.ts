import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { compileSteps, type Programs } from "../runner/compile/compile-steps.ts";
import type { Guide } from "../runner/guide/guide.ts";
import { root } from "./process.ts";

/** Compiles the steps for the floor as the runner does: with all that they import. */
export function bundleSteps(guide: Guide, place: string): Promise<Programs> {
  return compileSteps(guide.steps, place, join(place, "bundled"));
}

/** Compiles each file by itself: what one gets without a bundler. */
export async function transpileSteps(guide: Guide, place: string): Promise<Programs> {
  const directory = join(place, "transpiled");
  await build({
    entryPoints: [...guide.steps.map(({ file }) => file), join(root, "drivers", "*.ts")],
    outbase: root,
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "silent",
    packages: "external",
    plugins: [apart],
    // On Node.js 20, pg would otherwise load undici, and the floor would not be the lowest.
    banner: { js: 'globalThis.navigator ??= { userAgent: "Node.js" };' },
  });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
  return new Map(guide.steps.map((step) => [step, join(directory, "steps", `${step.name}.mjs`)]));
}

/** Leaves every import of a file where it is. */
const apart: Plugin = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/\.ts$/, ".mjs"), external: true },
    );
  },
};
