import { InvalidArgumentError, Option } from "commander";

export function anotherGuide(): Option {
  return new Option("--guide <directory>", "of another guide");
}

export function timeLimit(): Option {
  return new Option("--timeout <seconds>", "time limit of one run")
    .argParser(readSeconds)
    .default(30);
}

/** @param text what stands on the command line */
export function readPort(text: string): number {
  if (/^\d+$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError("It is a number up to 65535.");
}

/** @param text what stands on the command line */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError("It is a number of seconds, such as 30.");
}
