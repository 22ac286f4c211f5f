/** True in the package, whose sources are compiled; false in a checkout of the project. */
export const isInstalled = !import.meta.filename.endsWith(".ts");

/** What one types to run a guide. */
export const guideCommand = isInstalled ? "npx run-guide" : "npx tsx run-guide.ts";
