import { basename, extname } from "node:path";
import { Failure } from "../common/failure.ts";
import { withoutComments as withoutSqlComments } from "../common/sql-text.ts";
import { libpqPrograms, mayConnect } from "./connecting-programs.ts";
import { databasePort, scheme } from "./database-values.ts";
import { hardcodedPorts } from "./hardcoded-ports.ts";
import { isSetByRunner } from "./step-environment.ts";

/** This machine, or another one by its address: a server of the reader's may be there. */
const host =
  /(?:localhost|host\.docker\.internal|(?!0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}|127(?:\.\d{1,3}){1,2}|\[?::1\]?|\/(?:var\/)?run\/postgresql)/
    .source;
const port = `(?::${databasePort}\\b|(?!:\\d|[\\w.-]))`;
/** Any folder may be that of a socket, as in a connection string, too. */
const folder = /(?:\/|%2f)\w[\w./%-]*/.source;
/** Nothing answers at a port of three digits: a lesson about errors uses it. */
const anyPort = /(?::\d{4,5}\b|(?!:\d|[\w.-]))/.source;
const each = (...patterns: string[]) => patterns.map((one) => new RegExp(one, "gi"));
const wholeStrings = each(`["'\`](${host})${port}`);
/** A server that listens there is on this machine, too. Elsewhere it is where a program listens. */
const inUrl = `(${host}|0\\.0\\.0\\.0)${anyPort}`;
const written = each(
  `@${inUrl}`,
  `${scheme.source}${inUrl}`,
  `(?:host(?:_?name|addr)?|server|addr(?:ess)?)(?:["']?\\s*[:=]\\s*["'\`]?|\\s+')(${host})${port}`,
  `(?<=\\s)(?:-h|--host[\\s=])\\s*(${host}|\\/\\S+)${port}`,
  `\\\\c(?:onnect)?\\s+\\S+\\s+\\S+\\s+(${host}|\\/\\S+)${port}`,
  `\\$\\{\\w+:?[-=](${host})${port}`,
  `host(?:addr)?=["'\`]?(${folder})`,
  `\\bPGHOST\\b["'\\])]*\\s*[:=,]\\s*["'\`]?(${folder})`,
  `${scheme.source}(?:[^\\s"'\`@/]*@)?((?=%)${folder})`,
  `(?:\\b${libpqPrograms}[^\\n;|&]{0,300}\\s(?:-h\\s*|--host[\\s=]|["']host=)|\\bPGHOST=["']?)(0\\.0\\.0\\.0)\\b`,
  "(jdbc:postgresql:)(?!//)",
  // ~/.pg_service.conf says where it is.
  `(?:\\b${libpqPrograms}[^\\n;|&]{0,300}\\s|["'\`]|${scheme.source}\\S*[?&])(service)=["']?\\w`,
  "\\b(PGSERVICE)(?:FILE)?\\b",
  // They don't hand on the runner's variables.
  `\\b(sudo|su|docker|podman|kubectl|ssh)\\s[^\\n]*\\b${libpqPrograms}`,
);
/** In a shell, any word may be a host. */
const wholeWords = each(`(?<![\\w/.:-])(${host})${port}`);
const inWord = new RegExp(`^(?:.*[=@])?(${host})${port}`, "i");
/** The ending of a shell's file. */
const isShell = /^\.(?:ba|z|k|fi)?sh$/;
/** There, a whole string may be any value. */
const isSettings = /^\.(?:ya?ml|toml|ini|cfg|conf|properties|sql|txt)$/;

/** A comment. Behind a letter, it is a part of a pattern: `steps/*.py`. */
export const blockComment = /(?<![\w.*"'`])\/\*[\s\S]*?\*\//g;
const endOfLine = /(?<![:/"'`])\/\/|(?<=^|\s)#\s/g;
const listening = /\b(?:listen|bind|serve|(?:app|uvicorn)\.run)\((?:[^()]|\([^()]*\))*\)/g;
/** A variable, and what to use without it. */
const fallback =
  /(?:\$\{(\w+):?[-=][^}\n]*\}|(?:\.env\.|\benv\(?\[?["']|environ\[?["']|(?:getenv|environ\.get)\(\s*["'])(\w+)\b["'\])]*\s*(?:\|\||\?\?|,)\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`\n]*`|\d+))/g;

/** They connect to this machine where no host is named, whatever PGHOST is. */
const byDefault = [
  [/\bpg8000\b/, /\bhost\b/],
  [/\bSequelize\(\s*(["'`])(?!\w+:\/\/)[^"'`]*\1/, /\bhost\b/],
  [/["']@mikro-orm\/postgresql["']/, /\bhost\b|clientUrl/],
] as const;

/**
 * Finds the hosts that are written out in a program or its settings, and the ports without one. One may be that of a
 * database, however it gets there.
 * @param file its name says what it is
 * @param isSet says whether the runner sets a variable: then the host in its place is not used
 */
export function hardcodedHosts(
  file: string,
  text: string,
  isSet: (variable: string) => boolean,
): string[] {
  const ofLibrary = byDefault.some(([library, named]) => library.test(text) && !named.test(text));
  const ending = extname(file);
  const code = (ending === ".sql" ? withoutSqlComments(text) : withoutComments(text))
    .replace(listening, "")
    .replace(fallback, (all, ofShell, ofProgram) => (isSet(ofShell ?? ofProgram) ? "" : all));
  const whole = isShell.test(ending) ? wholeWords : isSettings.test(ending) ? [] : wholeStrings;
  const patterns = [...whole, ...written];
  const found = patterns.flatMap((one) => [...code.matchAll(one)]);
  const hosts = found.map(([, host = ""]) => host);
  return [
    ...(ofLibrary ? ["localhost"] : []),
    ...hosts,
    ...hardcodedPorts(code, isShell.test(ending)),
  ];
}

/** Finds a host in the words of a command: `--host localhost`, `--host=localhost`. */
export function hostInWords(words: readonly string[]): string | undefined {
  return words.map((word) => inWord.exec(word)?.[1]).find((found) => found !== undefined);
}

function withoutComments(text: string): string {
  return text.replace(blockComment, "").replace(/^.*$/gm, (line) => {
    const starts = [...line.matchAll(endOfLine)].map(({ index }) => index);
    const start = starts.find((index) => !isInString(line.slice(0, index)));
    return line.slice(0, start);
  });
}

/** @param before the beginning of a line. An apostrophe may begin a string, too: then more is looked at */
function isInString(before: string): boolean {
  return ["'", '"', "`"].some((quote) => before.split(quote).length % 2 === 0);
}

/** Not another one, by its address: a lesson about errors uses such. */
const isHere = /^(?!\d)|^(?:127|0)\./;

/**
 * Refuses steps that connect to a database on this machine that is written out in them. It may be the reader's, and
 * what they print says nothing of the run's.
 * @param texts the steps and their helpers, by their files
 * @throws Failure of kind "layout"
 */
export function refuseHardcodedHosts(texts: ReadonlyMap<string, string>): void {
  if (!mayConnect(texts.values()) && ![...texts].some(mayBeOther)) return;
  for (const [file, text] of texts) {
    if (!hardcodedHosts(file, text, isSetByRunner).some((host) => isHere.test(host))) continue;
    throw new Failure(
      "layout",
      `${file} hardcodes a database on this machine, which may be your own. Connect to DATABASE_URL.`,
    );
  }
}

/** In these, what connects is known, or nothing does. */
const knownEndings =
  /\.(?:[cm]?[jt]sx?|py|json|ya?ml|toml|ini|cfg|conf|properties|sql|txt|xml|html|css)$/i;

/** True for a program in another language, and a shell's or a package's that may hand a place to one. */
function mayBeOther([file, text]: readonly [file: string, text: string]): boolean {
  const hasCommands = isShell.test(extname(file)) || basename(file) === "package.json";
  if (!hasCommands) return !knownEndings.test(file);
  return scheme.test(text) || /\bPG(?:HOST|PORT|SERVICE)\w*=/.test(text);
}
