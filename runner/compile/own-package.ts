import type { Plugin } from "esbuild";
import { moduleFile, packageName } from "../project.ts";

/**
 * Lets a guide import this project as a package where it is not installed beside it: the runner's own
 * files serve. What is installed there wins, as it does when a step runs by itself.
 */
export const ownPackage: Plugin = {
  name: "own-package",
  setup({ onResolve, resolve }) {
    const filter = new RegExp(`^${packageName}/(step|driver)$`);
    onResolve({ filter }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === "installed") return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: "installed" });
      if (found.errors.length === 0) return { path: found.path };
      return { path: moduleFile(path.endsWith("/step") ? "step" : "driver") };
    });
  },
};
