import { extname } from "node:path";

/** This machine, or another one by its address: a server of the reader's may be there. */
const host =
  /(?:localhost|host\.docker\.internal|(?!0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}|\[?::1\]?|\/(?:var\/)?run\/postgresql)/
    .source;
/** Of PostgreSQL and its poolers. A web server has others, and nothing answers at a port of three digits. */
const port = /(?::(?:\d?54\d{2,3}|6543|6432)\b|(?!:\d|[\w.-]))/.source;
const written = [
  `["'\`](${host})${port}`, // a whole string, or its beginning
  `@(${host})${port}`,
  `(?:host(?:_?name|addr)?|server|addr(?:ess)?)["']?\\s*[:=]\\s*(${host})${port}`,
  `(?<=\\s)-h\\s*(${host})${port}`,
  "(jdbc:postgresql:)(?!//)",
].map((one) => new RegExp(one, "i"));
const inWord = new RegExp(`^(?:.*[=@])?(${host})${port}`, "i");
const isCode = /^\.(?:[cm]?[jt]sx?|py|sh|json|env)$/;

const comments = /\/\*[\s\S]*?\*\/|(?<![:"'`])(?:\/\/|#\s).*$/gm;
const listening = /\b(?:listen|bind|serve|(?:app|uvicorn)\.run)\((?:[^()]|\([^()]*\))*\)/g;
/** The place to use without a variable. */
const fallback =
  /(?:\.env\.|\benv\(?\[?["']|environ\[?["']|(?:getenv|environ\.get)\(\s*["'])(\w+)\b["'\])]*\s*(?:\|\||\?\?|,)\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`\n]*`|\d+)/g;
/** They connect to this machine where no host is named, whatever PGHOST is. */
const byDefault = [
  [/\bpg8000\b/, /\bhost\b/],
  [/\bSequelize\(\s*(["'`])(?!\w+:\/\/)[^"'`]*\1/, /\bhost\b/],
  [/["']@mikro-orm\/postgresql["']/, /\bhost\b|clientUrl/],
] as const;

/**
 * Finds a host that is written out in a program or its settings. It may be that of a database, however it gets there.
 * @param file its name says what it is
 * @param isSet says whether the runner sets a variable: then the host in its place is not used
 */
export function writtenHost(
  file: string,
  text: string,
  isSet: (variable: string) => boolean,
): string | undefined {
  if (connectsByDefault(text)) return "localhost";
  const code = text
    .replace(comments, "")
    .replace(listening, "")
    .replace(fallback, (all, name) => (isSet(name) ? "" : all));
  const patterns = isCode.test(extname(`x${file}`)) ? written : written.slice(1);
  return patterns.map((one) => one.exec(code)?.[1]).find((found) => found !== undefined);
}

/** True for a program that connects to this machine because it names no host. */
export function connectsByDefault(text: string): boolean {
  return byDefault.some(([library, named]) => library.test(text) && !named.test(text));
}

/** Finds a host in the words of a command: `--host localhost`, `--host=localhost`. */
export function hostInWords(words: readonly string[]): string | undefined {
  return words.map((word) => inWord.exec(word)?.[1]).find((found) => found !== undefined);
}
