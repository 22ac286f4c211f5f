import { needsShell } from "./command-line.ts";

/** What a command does that is not run: what comes later on the page may need it. */
export interface Effect {
  /** True if an output below it may have what it prints. */
  readonly prints: boolean;
  /** Files of the page that it changes. */
  readonly files: readonly string[];
  /** True if it may change anything, such as rows of the database. */
  readonly isUnknown: boolean;
}

const nothing: Effect = { prints: false, files: [], isUnknown: false };

/** They only print. */
const readers =
  /^(?:cat|ls|dir|pwd|echo|printf|which|where|type|head|tail|grep|less|more|wc|diff|tree|file|stat|date|whoami|env|printenv|history|man|sort|uniq|jq|psql|pg_isready|pg_dump|pg_dumpall|curl|http|ping|sed|awk)\b/;

/** Like an installation: what they print is not shown below another command, and the page's state is not theirs. */
const surroundings =
  /^(?:createdb|createuser|initdb|pg_ctl\w*|brew|apt|apt-get|dnf|yum|pacman|apk|choco|winget|scoop|snap|systemctl|service|docker|docker-compose|podman|git|wget|unzip|tar|gunzip|chmod|chown|ln|code|open|start|xdg-open|sleep|exit|quit|clear|alias|nvm|fnm|volta|pyenv|asdf|corepack|deactivate|unset|setx|\$env:\w+|vercel|neonctl|neon|gh|heroku|fly|flyctl|netlify|aws|gcloud|az|kubectl|terraform|ssh|scp|openssl|npm (?:login|whoami|publish|view|list|ls)|npx create-\S+|npm create|yarn create|pnpm create)(?:\s|$|=)/;

const changesFiles = /^(?:rm|mv|cp|touch|del|ren|move|copy|truncate|patch|vim?|nano|emacs)\b/;

const versionOrHelp = /\s(?:--version|-[vV]|version|--help|-h)$/;

/** It asks psql for nothing but what is there. */
const onlyReads =
  /\s(?:-c|--command)[\s=]*["']\s*(?:SELECT|SHOW|TABLE|VALUES|EXPLAIN(?!\s+\(?\s*ANALYZE)|\\[dlz])(?![^"']*\b(?:INTO|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)\b)/i;

const sends = /\s(?:-c|--command|-f|--file|-[a-zA-Z]*[cf])(?:[\s=]|$)|<|\|\s*psql\b/;

const asksServer = /\s(?:-X\s*(?:POST|PUT|PATCH|DELETE)|--request\s+\w+|-d|--data\S*|--json)\b/;

/**
 * Says what a command may change that is not run.
 * @param files the files that the page has shown so far
 */
export function effectOf(command: string, files: Iterable<string>): Effect {
  const text = command
    .replace(/^(?:sudo(?:\s+-u\s+\S+)?\s+|[A-Z_]\w*=\S*\s+)+/, "")
    .replace(
      /^(?:npx|bunx|pnpm dlx|yarn dlx)\s+(?:-y\s+|--yes\s+)?(?=(?:neon|neonctl|vercel)\b)/,
      "",
    );
  const known = [...files];
  const written = [...text.matchAll(/(?:>>?|\btee\s+(?:-a\s+)?)\s*["']?([\w./-]+)/g)].map(
    ([, name = ""]) => name,
  );
  const changed = (names: readonly string[]) => known.filter((path) => names.some(isFor(path)));
  if (changesFiles.test(text) || /^(?:sed|perl)\s.*-i\b/.test(text)) {
    return { ...nothing, files: changed(text.split(/[\s"']+/)) };
  }
  if (versionOrHelp.test(text)) return { ...nothing, prints: true };
  if (/\bpsql\b/.test(text) && sends.test(text) && !onlyReads.test(text)) {
    return { ...nothing, prints: true, isUnknown: true };
  }
  if (/^(?:curl|http)\b/.test(text)) {
    const saves = /\s-[a-zA-Z]*[oO]\b/.test(text);
    return { ...nothing, prints: !saves, isUnknown: asksServer.test(text) };
  }
  // A pipe leads to another program, which may do more.
  const all = text.split(/\|+/).map((one) => one.trim());
  if (all.every((one) => readers.test(one) || /^tee\b/.test(one))) {
    const files = changed(written);
    return { ...nothing, prints: written.length === 0, files };
  }
  const ofFiles = /^git\s+(?:checkout|pull|apply|stash|reset|restore|switch|merge|rebase)\b/;
  const inside =
    /^(?:docker|docker-compose|podman|ssh|kubectl)\b.*\s(?:exec|run|npm|node|npx|python3?)\s/;
  if (surroundings.test(text) && !ofFiles.test(text) && !inside.test(text)) return nothing;
  return {
    prints: !needsShell(text) || written.length === 0,
    files: changed(written),
    isUnknown: true,
  };
}

/** A name may be that of a folder, or have a pattern. */
function isFor(path: string): (name: string) => boolean {
  return (name) => {
    const own = name.replace(/^(?:\.\/)+|\/$/g, "");
    if (own === "") return false;
    return own === path || own === "." || own.includes("*") || path.startsWith(`${own}/`);
  };
}

/** What leads out of a program: files, the database, other machines, and packages that may use them. */
const outside =
  /\b(?:DATABASE_URL|PG[A-Z]{4,}|fs|fetch|https?|net|child_process|open|pathlib|sqlite3?|subprocess|urllib|requests|psycopg\w*|asyncpg|sqlalchemy|django|glob|os)\b|\b(?:from|import|require\()\s*["'](?!\.|node:)[^"']+["']/;

/** True if what a program prints may depend on more than its own files. */
export function reachesOut(sources: Iterable<string>): boolean {
  return [...sources].some((source) => outside.test(source));
}
