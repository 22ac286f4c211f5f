import type { Driver } from "./driver.ts";

/** The drivers by name. To add one, write its file and name it here. */
export const drivers: Readonly<Record<string, () => Promise<Driver>>> = {
  pg: () => import("./pg.ts"),
  postgres: () => import("./postgres.ts"),
};
