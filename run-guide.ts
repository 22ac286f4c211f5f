#!/usr/bin/env node
import { loadRunner } from "./runner/load.ts";

const { main } = await loadRunner();
await main(process.argv.slice(2));
