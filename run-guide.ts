#!/usr/bin/env node
import { loadRunner } from "./runner/cli/load.ts";

const { main } = await loadRunner();
await main(process.argv.slice(2));
