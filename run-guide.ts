#!/usr/bin/env node
import { join } from "node:path";
import { loadRunner } from "./runner/cli/load.ts";

const file = join(import.meta.dirname, "classroom/main.ts");
const { main } = await loadRunner(file, () => import("./classroom/main.ts"));
await main(process.argv.slice(2));
