/** What makes, removes or empties tables and views in SQL, and their names, as a script in any language may have it in a string. */
const part = /(?:\\?"[^"\\]+\\?"|:\\?["']?\w+\\?["']?|[\p{L}\p{N}_$]+)/u.source;
const name = `${part}(?:\\.${part})*`;
const comment = /--[^\n]*?(?:\n|\\n)|\/\*[\s\S]*?\*\//.source;
const gap = `(?:\\s|\\\\[nrt]|${comment})+`;
const ofOne = `(?:only${gap})?${name}(?:\\s*\\*)?`;
const names = `${ofOne}(?:(?:${gap})?,(?:${gap})?${ofOne})*`;
const create = `create${gap}(?:or${gap}replace${gap})?`;
const maybe = `(?:if${gap}(?:not${gap})?exists${gap})?`;
const made = `(?:${create}(?:unlogged${gap}|recursive${gap})?|drop${gap})(?:(?:foreign${gap})?table|(?:materialized${gap})?view)${gap}${maybe}`;
// Without TABLE, only the end of a statement tells it from an English sentence.
const end = `(?:${gap}(?:restart|continue|cascade|restrict)\\b|(?:${gap})?(?:[;"'\`\\\\]|$))`;
const emptied = `truncate${gap}(?:table${gap}|(?=${names}${end}))`;
const statement = new RegExp(`\\b(?:${made}|${emptied})(${names})`, "giu");
const parameters = /\((?:[^()]|\([^()]*\))*\)/.source;
const ofOther = `${name}(?:\\s*${parameters})?`;
// CREATE EXTENSION replaces none.
const other = new RegExp(
  `\\b(?:(?:${create}|drop${gap})(schema|type|domain|function|procedure|routine|aggregate|sequence)|drop${gap}(extension))${gap}${maybe}(${ofOther}(?:\\s*,\\s*${ofOther})*)`,
  "giu",
);
const aroundName = new RegExp(`^\\s*(?:only${gap})?|\\s*\\*?\\s*$`, "gi");

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
  `(?:psql|pgbench)\\b[^\\n]{0,300}?["'\`]\\s+(${name})["'\`\\]),\\s]*$`,
  `(?:psql|pgbench|pg_restore)\\b[^\\n;|&]{0,300}?\\W-d(?:${between})?(${word})`,
  `(?<=^\\s*\\\\)c(?:onnect)?${gap}(?:-\\S+${gap})*(${name})`,
  `dbname["']?\\]?\\s*[=:]?\\s*["'\`]?(${name})`,
  `pgdatabase["']?\\]?\\s*[=:]\\s*["'\`]?(${name})`,
  `(?:database|db)["']?\\]?\\s*[=:]\\s*["'\`](${name})`,
  `new\\s+URL\\(\\s*["'\`]\\/?(${name})["'\`]`,
  `path(?:name)?\\s*=\\s*["'\`]\\/(${name})`,
];
const owned = `(?:drop|reassign)${gap}owned${gap}by${gap}(${names})`;
const each = (...patterns: string[]) => patterns.map((one) => new RegExp(`\\b${one}`, "gimu"));
/** PostgreSQL's programs. `dropUser` may be a function of the guide's. */
const dropped = (kind: string) =>
  new RegExp(`\\bdrop${kind}${between}${optionsOf("Uhp")}(${word})`, "gu");

const notOwn: readonly { readonly kind: Lost["kind"]; readonly patterns: readonly RegExp[] }[] = [
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
const sharing = new RegExp(`\\bcreate${gap}${shareable}${gap}${newName}`, "iu");
const sharingInShell = new RegExp(`\\bcreate(?:db|user)${between}`);

/** True if a script makes a database or a role, by a name that each client would use. */
export function makesShared(code: string): boolean {
  return sharing.test(code) || sharingInShell.test(code);
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
export function needsReader(code: string): boolean {
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

/** What a script drops, changes or leaves for, outside of its own database. */
export interface Lost {
  readonly kind: "database" | "tablespace" | "role" | "setting";
  readonly name: string;
}

/** Finds only what is written out in the script. */
export function lostThings(code: string): Lost[] {
  return notOwn.flatMap(({ kind, patterns }) => {
    const found = patterns.flatMap((one) => [...code.matchAll(one)]);
    const all = found.flatMap(([, written = ""]) => written.split(","));
    return all.map((one): Lost => ({ kind, name: plainName(one.trim()) }));
  });
}

/**
 * Finds a table or view that a step makes, removes or empties, and that `tables` in `guide.json` does not name: in a database of
 * the reader's, it would not be known for the guide's. Finds only what is written out in the step itself.
 */
export function unnamedTable({
  steps,
  tables,
}: {
  readonly steps: readonly { readonly file: string; readonly code: string }[];
  readonly tables: readonly string[];
}) {
  const known = new Set(tables.flatMap((table) => [table, table.toLowerCase()]));
  for (const { file, code } of steps) {
    const table = tablesIn(code).find(
      (one) => !known.has(one) && !known.has(one.split(".").at(-1) ?? ""),
    );
    if (table !== undefined) return { file, table };
  }
  return undefined;
}

/** The names of the tables and views that a script makes, removes or empties. */
export function tablesIn(code: string): string[] {
  const found = [...code.matchAll(statement)].flatMap(([, names = ""]) =>
    names.replaceAll(new RegExp(comment, "g"), " ").split(","),
  );
  return found.map((one) => plainName(one.replace(aroundName, "")));
}

/**
 * Finds what else a script makes and removes, and which extensions it removes.
 * @returns such as "schema shop", "type mood" and "routine total", without what it takes
 */
export function othersIn(code: string): string[] {
  return [...code.matchAll(other)].flatMap(([, word = "extension", , list = ""]) => {
    const kind = word.toLowerCase().replace(/^domain$/, "type");
    const ofKind = /^(?:function|procedure|aggregate)$/.test(kind) ? "routine" : kind;
    const all = list.replaceAll(new RegExp(parameters, "g"), "").split(",");
    return all.map((one) => `${ofKind} ${plainName(one.trim())}`);
  });
}
