/** A name in SQL, as a script in any language may have it in a string. */
const part = /(?:\\?"[^"\\]+\\?"|:\\?["']?\w+\\?["']?|[\p{L}\p{N}_$]+)/u.source;
const name = `${part}(?:\\.${part})*`;
const comment = /--[^\n]*?(?:\n|\\n)|\/\*[\s\S]*?\*\//.source;
const gap = `(?:\\s|\\\\[nrt]|${comment})+`;
const names = `${name}(?:(?:${gap})?,(?:${gap})?${name})*`;

/** What stands between the words of a command, in a shell or in a list of strings. */
const between = /[\s"'`,[(]+/.source;
const word = /[^\s"'`,[\]()]+/.source;
/** Up to psql's -c, whose value is SQL. */
const optionsOf = (withValue: string) =>
  `(?:-(?!\\w*c\\b)(?:[${withValue}]${between}(?!-))?${word}${between})*`;
const shared = (kind: string) => [
  `(?:drop|alter)${gap}${kind}${gap}(?:if${gap}exists${gap})?(${names})`,
  `(?:comment|grant|revoke|label)\\b[^;]{0,200}?\\bon${gap}${kind}${gap}(${names})`,
];
const toDatabase = [
  `(?:psql|pgbench)${between}${optionsOf("FLPRTUfhopv")}(?:postgres(?:ql)?:\\/\\/[^\\s"'\`?]*\\/)?(${word})`,
  `(?:psql|pgbench)\\b[^\\n]{0,300}?["'\`],?\\s+["'\`]?(${name})(?:["'\`\\]),\\s]*$|["'\`]\\s*\\])`,
  `(?:psql|pgbench|pg_restore)\\b[^\\n;|&]{0,300}?\\W-d(?:${between})?(${word})`,
  `(?<=^\\s*\\\\)c(?:onnect)?${gap}(?:-\\S+${gap})*(${name})`,
  `dbname["']?\\]?\\s*[=:]?\\s*["'\`]?(${name})`,
  `(?:pgdatabase|db_name)["']?\\]?\\s*[=:]\\s*["'\`]?(${name})`,
  `(?:database|db|name|default)["']?\\]?\\s*[=:]\\s*["'\`](${name})`,
  `(?:database|db)=(?:"?\\$\\{\\w+:?[-=])?(${name})`, // in a shell
  `new\\s+URL\\(\\s*["'\`]\\/?(${name})["'\`]`,
  `path(?:\\s*=\\s*["'\`]\\/|name\\s*=\\s*["'\`]\\/?)(${name})`,
  // The end of a connection string: "${DATABASE_URL%/*}/shop", or what replaces it.
  `(?:database|db|pg|postgres|conn|dsn)[^\\n]{0,100}?(?:\\}|,\\s*["'\`])\\/(${name})(?=["'\`?])`,
];
const owned = `(?:drop|reassign)${gap}owned${gap}by${gap}(${names})`;
const each = (...patterns: string[]) => patterns.map((one) => new RegExp(`\\b${one}`, "gimu"));
/** PostgreSQL's programs. `dropUser` may be a function of the guide's. */
const dropped = (kind: string) =>
  new RegExp(`\\bdrop${kind}${between}${optionsOf("Uhp")}(${word})`, "gu");

const outside: readonly {
  readonly kind: OutsideObject["kind"];
  readonly patterns: readonly RegExp[];
}[] = [
  { kind: "database", patterns: [...each(...shared("database"), ...toDatabase), dropped("db")] },
  {
    kind: "role",
    patterns: [...each(...shared("(?:role|user(?!\\s+mapping)|group)"), owned), dropped("user")],
  },
  { kind: "tablespace", patterns: each(...shared("tablespace")) },
  { kind: "setting", patterns: each(`alter${gap}system${gap}(?:re)?set${gap}(${name})`) },
];

const shareable = "(?:database|role|user(?!\\s+mapping)|group)";
// As of TRUNCATE, only what follows tells it from an English sentence.
const options =
  /(?:with|owner|template|encoding|locale|strategy|(?:no)?(?:login|superuser|create(?:db|role)|inherit|replication|bypassrls)|(?:encrypted\s+)?password|in\s+role|connection\s+limit|valid\s+until)\b/
    .source;
const newName = `(?:[$%]|["'\`]\\s*(?:\\+|\\|\\|)|${name}(?:${gap}${options}|\\s*(?:[;"'\`\\\\{]|$)))`;
const creation = new RegExp(`\\bcreate${gap}${shareable}${gap}${newName}`, "iu");
const creationInShell = new RegExp(`\\bcreate(?:db|user)${between}`);

/** True if a script makes a database or a role, by a name that each client would use. */
export function makesDatabaseOrRole(code: string): boolean {
  return creation.test(code) || creationInShell.test(code);
}

const reserved = [
  `create${gap}(?:event${gap}trigger|subscription|tablespace|access${gap}method)\\b`,
  `publication${gap}${name}${gap}for${gap}all${gap}tables\\b`,
  "session_replication_role\\b",
  `disable${gap}trigger${gap}all\\b`,
  `language${gap}["']?(?:c|internal|pl\\w+u)\\b`,
  "(?:pg_read_(?:binary_)?file|pg_ls_\\w*dir|pg_stat_file|lo_import|lo_export)\\b",
  `copy\\b[^;]{0,1000}?\\b(?:from|to)${gap}(?:program${gap}e?'|e?'/)`,
  `set${gap}(?:local${gap})?(?:role${gap}(?![\\s=])|session${gap}authorization\\b)`, // not UPDATE … SET role =
];
const ofReader = new RegExp(`\\b(?:${reserved.join("|")})`, "iu");
const extension = new RegExp(
  `\\bcreate${gap}extension${gap}(?:if${gap}not${gap}exists${gap})?(${name})`,
  "giu",
);

/** True if a script does what only a superuser may do, or members of some of its roles. */
export function needsReadersRole(code: string): boolean {
  return ofReader.test(code);
}

/** The names of the extensions that a script creates. */
export function extensionsIn(code: string): string[] {
  return [...code.matchAll(extension)].map(([, written = ""]) => plainName(written));
}

/** As SQL reads a name, which a script may have in a string. */
function plainName(one: string): string {
  return one.replaceAll(/\\?"([^"\\]+)\\?"|[^"\\]+/g, (plain, quoted?: string) => {
    return quoted ?? plain.toLowerCase();
  });
}

/** What a script would change or connect to, outside of its own database. */
export interface OutsideObject {
  readonly kind: "database" | "tablespace" | "role" | "setting";
  readonly name: string;
}

/** Finds only what is written out in the script. */
export function outsideObjectsIn(code: string): OutsideObject[] {
  return outside.flatMap(({ kind, patterns }) => {
    const found = patterns.flatMap((one) => [...code.matchAll(one)]);
    const all = found.flatMap(([, written = ""]) => written.split(","));
    return all.map((one): OutsideObject => ({ kind, name: plainName(one.trim()) }));
  });
}
