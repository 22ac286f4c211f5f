import type { Plugin } from "esbuild";
import { moduleFile, packageName, project } from "../common/project.ts";

/**
 * Lets a guide import this project as a package, and the libraries of its drivers, where they are not
 * installed beside it: the runner's own files serve. What is installed there wins, as it does when a
 * step runs by itself.
 */
export const ownPackage: Plugin = {
  name: "own-package",
  setup({ onResolve, resolve }) {
    const filter = new RegExp(`^(${packageName}/(step|driver)|pg|postgres)$`);
    onResolve({ filter }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === "installed") return undefined;
      const find = (place: string) =>
        resolve(path, { kind, resolveDir: place, pluginData: "installed" });
      const found = await find(resolveDir);
      if (found.errors.length === 0) return { path: found.path };
      if (!path.startsWith(packageName)) return { path: (await find(project)).path };
      return { path: moduleFile(path.endsWith("/step") ? "step" : "driver") };
    });
  },
};
