import { mayImport } from "../../common/imports.ts";
import type { Block } from "../page.ts";
import {
  hereDocument,
  isPreparation,
  quiet,
  quoted,
  runner,
  runOf,
  wordsOf,
} from "./command-line.ts";
import { psqlOnlyReads } from "./psql-options.ts";
import { asksServer, keepsServer } from "./tool-commands.ts";

/** What a command does that is not run: what comes later on the page may need it. */
export interface Effect {
  /** True if an output below it may have what it prints. */
  readonly prints: boolean;
  /** Files that it changes or makes. */
  readonly files: readonly string[];
  /** True if it may change any file of the page. */
  readonly mayWrite: boolean;
  /** True if it may change anything, such as rows of the database. */
  readonly isUnknown: boolean;
}

const nothing: Effect = { prints: false, files: [], mayWrite: false, isUnknown: false };
/** Of a command of which nothing is known. */
export const anything: Effect = { ...nothing, mayWrite: true, isUnknown: true };
/** Of SQL: it changes no file. */
export const changesRows: Effect = { ...nothing, isUnknown: true };

/** What may come before the name of a command. */
const before =
  /^(?:sudo(?:\s+-u\s+\S+)?\s+|[A-Z_]\w*=\S*\s+|(?:npx|bunx|pnpm dlx|yarn dlx)\s+(?:-y\s+|--yes\s+)?(?=(?:neon|neonctl|vercel)\b))+/;

/** They only print. */
const readers =
  /^(?:cat|ls|dir|pwd|echo|printf|which|where|type|head|tail|grep|less|more|wc|diff|tree|file|stat|date|whoami|env(?=\s*(?:$|\|))|Write-(?:Host|Output)|Get-(?:ChildItem|Content|Command|Location|Item)|Test-Path|Select-String|printenv|history|man|sort|uniq|jq|psql|pg_isready|pg_dump|pg_dumpall|curl|http|ping|g?sed|awk|tee)\b/;

/** Like an installation: what they print is not shown below another command, and the page's state is not theirs. */
const surroundings =
  /^(?:createdb|createuser|initdb|pg_ctl\w*|brew|apt|apt-get|dnf|yum|pacman|apk|choco|winget|scoop|snap|systemctl|service|tar|chmod|chown|code|open|start|xdg-open|sleep|su|exit|quit|clear|alias|cls|conda|Set-ExecutionPolicy|nvm|fnm|volta|pyenv|asdf|corepack|deactivate|\$env:\w+|scp|openssl|npm (?:login|whoami|publish|view|list|ls)|npx create-\S+|npm create|yarn create|pnpm create)(?:\s|$|=)/;

/** They change the files that they name. An editor may open a folder. */
const changesFiles =
  /^(?:(?:Set|Add|Clear)-Content|(?:Remove|Move|Copy|Rename|New)-Item|Out-File|rm|mv|cp|ln|touch|del|ren|move|copy|truncate|vim?|nano|emacs|code(?!\s+\.$)|wget|docker cp|(?:curl|http)\s(?:.*\s)?(?:-[a-zA-Z]*[oO]|--output|--remote-name|--download)|sort\s.*-o|awk\s+-i|(?:g?sed|perl)\s.*-\w*i)\b/;

/** They write what is in an archive. */
const unpacks = /^(?:unzip|gunzip|tar\s+-*\w*x)/;

const versionOrHelp = /^[\w.-]+(?:(?:\s[\w-]+)?\s(?:--version|--help|version)|\s-[vVh])$/;

/** They give a name to something else than what the runner knows by it. */
const renames =
  /^alias\s+(?:node|npx|tsx|psql|python3?)=(?!["']?py(?:thon(?:3(?:\.\d+)?)?)?["']?$)/;

/** What comes behind a command that may fail, or whose words are for the shell. */
const endsLine = /^(?:true|:|exit(?:\s\d)?|xargs(?:\s+-(?:0|[dL]\s*\S+))*)$/;

/** An installer that curl gets is given to them. */
const installs = /^(?:sudo\s+(?:-\w+\s+)*)?(?:(?:ba|z)?sh|gpg|apt-key|tar|python3?)\b/;

const sends = /\s(?:-c|--command|-f|--file|-[a-zA-Z]*[cf])(?:[\s=]|$)|<|\|\s*psql\b/;

/**
 * Says what a command may change that is not run. Whose effect is not known may change anything.
 * @param files what the page has shown so far, by path
 */
export function effectOf(
  command: string,
  files: ReadonlyMap<string, { readonly content: string }>,
): Effect {
  const text = command.replace(before, "");
  const written = [...text.matchAll(redirection)].map(([, to, teed]) => to ?? teed ?? "");
  const changed = (names: readonly string[]) => [
    ...[...files.keys()].filter((path) => names.some(isFor(path))),
    ...names.map(ownName).filter((name) => /\.\w+$/.test(name) && !files.has(name)),
  ];
  if (renames.test(text)) return anything;
  const [first = "", ...next] = partsOf(text);
  const others = [first, ...next].filter(
    (one) => !readers.test(one) && !isPreparation(one) && !endsLine.test(one),
  );
  const isSurrounding = (one: string) => keepsServer(one) ?? surroundings.test(one);
  const isCurl = /^(?:curl|http)\b/.test(text);
  const leadsOn = next.some(
    (one) => others.includes(one) && !(isCurl && installs.test(one)) && !isSurrounding(one),
  );
  if (changesFiles.test(text)) {
    const isServer = (isCurl || text.startsWith("wget")) && asksServer(text);
    return { ...nothing, files: changed(wordsOf(text)), isUnknown: isServer || leadsOn };
  }
  if (unpacks.test(text) || /^patch\b/.test(text)) return { ...nothing, mayWrite: true };
  if (versionOrHelp.test(text)) return { ...nothing, prints: true };
  if (/\bpsql\b/.test(text) && sends.test(text) && !psqlOnlyReads(text)) {
    return { ...nothing, prints: true, isUnknown: true };
  }
  if (isCurl) return { ...nothing, prints: true, isUnknown: asksServer(text) || leadsOn };
  const unnamed = written.map(ownName).filter((name) => /^(?!\/?dev\/|nul$)[\w/-]+$/.test(name));
  const isNew = (name: string) => !files.has(name);
  const known = {
    ...nothing,
    prints: written.length === 0 && !isPreparation(first),
    files: [...changed(written), ...unnamed.filter(isNew)],
  };
  // A pipe leads to another program, which may do more. One of the page may be known to do nothing else.
  if (others.length === 0) return known;
  const contents = [...files.values()].map(({ content }) => content);
  if (others.every((one) => runOf(one, files)) && !reachesOut(contents)) return known;
  if (isSurrounding(first) && !leadsOn && !inside.test(text)) {
    const names = keepsFiles.test(text) ? [] : wordsOf(text);
    return { ...nothing, files: names.filter((name) => files.has(name) && program.test(name)) };
  }
  return { ...known, mayWrite: true, isUnknown: true };
}

const redirection = /\d?>>?\s*["']?([\w./~-]+)["']?|\btee\s+(?:-a\s+)?["']?([\w./~-]+)/g;

/** They only read the files that they name. Others may be given a program to edit, or to fetch. */
const keepsFiles = /^(?:git|docker|docker-compose|podman|chmod|chown|vercel|netlify)\b/;
const program = /\.(?:[cm]?[jt]sx?|py|sql)$/;

/** The commands of a line, without where they write to. */
function partsOf(text: string): string[] {
  const [first = ""] = hereDocument.test(text) ? text.split("\n", 1) : [text];
  const own = first.replace(quoted, (one) => one.replace(/[|&]/g, "_")).replace(quiet, "");
  const parts = own.split(/\|+|(?<!^)&+/).map((one) => one.replace(redirection, "").trim());
  return parts.filter((one) => one !== "");
}

const ownName = (name: string) => name.replace(/^https?:.*\/|^(?:\.\/)+|\/$/g, "");

/** A name may be that of a folder, have a pattern, or be at the end of an address. */
function isFor(path: string): (name: string) => boolean {
  return (name) => {
    const own = ownName(name);
    if (own === "") return false;
    return own === path || own === "." || own.includes("*") || path.startsWith(`${own}/`);
  };
}

/** They do something in a container, or on another machine. */
const inside = new RegExp(
  `^(?:docker|docker-compose|podman|ssh|kubectl)\\b.*\\s(?:exec|run|npm|npx|${runner})\\s`,
);

/** What leads out of a program, besides packages: files, the database, other machines. */
const outside =
  /\b(?:DATABASE_URL|PG[A-Z]{4,}|fs|fetch|https?|net|child_process|open|pathlib|sqlite3?|subprocess|urllib|requests|psycopg\w*|asyncpg|sqlalchemy|django|glob|os)\b/;

/** True if what a program prints may depend on more than its own files. */
export function reachesOut(sources: Iterable<string>): boolean {
  return [...sources].some((source) => outside.test(source) || mayImport.test(source));
}

/** True if SQL, or a program, may change what is in the database. */
export function mayChangeRows({ content }: Block): boolean {
  return /\b(?:insert|update|delete|create|alter|drop|truncate|copy)(?:\b|[A-Z]|_)/i.test(content);
}
