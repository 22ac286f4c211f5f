import { join } from "node:path";

/** The directory of this project: its own guide, its drivers, its package.json. */
export const project = join(import.meta.dirname, "..");
