import { libpqPrograms } from "./connecting-programs.ts";
import { scheme } from "./database-values.ts";

/** A call of one of PostgreSQL's programs with its words, in a shell or as a list; psql's command for another connection; or dblink. */
const calls = new RegExp(
  `(?:\\b${libpqPrograms}|\\\\c(?:onnect)?\\b|\\bdblink\\w*\\b)(?:"[^"]*"|'[^']*'|\\\\\\n|[^\\n;&|"'])*`,
  "g",
);
/** Nothing answers at a port of three digits. */
const number = /(\d{4,5})\b/.source;
const portInCall = new RegExp(
  `(?:["'\\s](?:-[a-z]*p|--port)["'=,\\s]*|\\bport=|^\\\\c\\w*\\s+\\S+\\s+\\S+\\s+-\\s+)${orVariable()}${number}`,
  "i",
);
const hostInCall =
  /["'\s](?:-h|--host)["'=,\s]*[\w/]|\bhost(?:addr)?=[\w/]|:\/\/(?:[^\s"'@/]*@)?\w|DATABASE_URL/;

const variable = new RegExp(`\\bPGPORT\\b["'\\])]*\\s*[:=,]\\s*["'\`]?${orVariable()}${number}`);
const hostVariable = /\bPGHOST\b(?:=["']?|["'\])]*\s*[:=,]\s*["'`])[\w/]/;

/** In libpq's form: "port=5433 dbname=shop". */
const keyword = new RegExp(
  `^(?=.*(?<![-?&])\\b(?:dbname|user)=)(?!.*\\bhost(?:addr)?=["']?[\\w/]).*(?<![-?&])\\bport=${number}`,
  "m",
);
/** Of a foreign server, in SQL. */
const option = new RegExp(
  `\\bOPTIONS\\s*\\((?![^()]*\\bhost(?:addr)?\\s+'[\\w/])[^()]*\\bport\\s+'${number}`,
  "i",
);
const user = /(?:[^\s"'`@/]*@)?/.source;
const inUrl = new RegExp(
  `${scheme.source}${user}(?:(?:\\$\\w+|\\$\\{\\w+\\})?:${number}(?!@)|/[^\\s"'\`]*[?&]port=${number})`,
);

/** What to use without a variable, which the runner does not set. */
function orVariable(): string {
  return "(?:\\$\\{\\w+:?[-=])?";
}

/**
 * Finds the ports that are written out without a host. Then libpq takes PGHOST, which is this machine for the embedded
 * server: with another port, that is a server of the reader's.
 * @param code without comments
 */
export function hardcodedPorts(code: string, isShell: boolean): string[] {
  const text = isShell ? withNumbers(code) : code;
  const ports = [...text.matchAll(calls)].map(([call]) =>
    hostInCall.test(call) ? null : portInCall.exec(call),
  );
  if (!hostVariable.test(text)) ports.push(variable.exec(text));
  ports.push(...[keyword, option, inUrl].map((pattern) => pattern.exec(text)));
  return ports.flatMap((found) => (found ? `port ${found[1] ?? found[2]}` : []));
}

/** Puts the numbers that a shell's variables are given into their places. */
function withNumbers(code: string): string {
  const numbers = new Map(
    [...code.matchAll(/\b(\w+)=["']?(\d+)\b/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  return code.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (all, name, plain) => numbers.get(name ?? plain) ?? all,
  );
}
