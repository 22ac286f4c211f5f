import { InvalidArgumentError, Option } from "commander";

export function timeLimit(): Option {
  return new Option("--timeout <seconds>", "time limit of one run")
    .argParser(readSeconds)
    .default(30);
}

/** @param text what stands on the command line */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port < 65_536) return port;
  throw new InvalidArgumentError("It is a number up to 65535.");
}

/** @param text what stands on the command line */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds > 0 && seconds <= 86_400)) {
    throw new InvalidArgumentError("It is a number of seconds, such as 30.");
  }
  return seconds;
}
