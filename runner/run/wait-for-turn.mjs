// Loaded by Node.js before a step's program: waits for the runner's word. To start Node.js takes half of the time of
// a short step. No part of the step has been read by then.
import { closeSync, readSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

// Node.js loads this in the threads of a step, too, and would in the processes that it forks.
if (isMainThread) {
  process.execArgv.length = 0;
  const isItsTurn = readSync(3, Buffer.alloc(1)) === 1;
  closeSync(3);
  if (!isItsTurn) process.exit(1); // it is not needed, or the runner is gone
}
