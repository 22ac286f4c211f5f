const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*.*?\*\/|\$(\w*)\$.*?\$\1\$/gs;

const volatileWords =
  /\b(?:current_(?:date|time|timestamp)|localtime|localtimestamp|tablesample|(?:now|random|random_normal|gen_random_uuid|uuidv4|uuidv7|uuid_generate_v\w+|(?:clock|statement|transaction)_timestamp|timeofday|pg_backend_pid|txid_current\w*|pg_current_\w+|pg_postmaster_start_time|pg_conf_load_time|inet_(?:client|server)_\w+|gen_salt|gen_random_bytes)\s*\()/i;

/** Text that PostgreSQL reads as the time of now. */
const timeWords = /'(?:now|today|tomorrow|yesterday)'/i;

/**
 * True if what the statement prints changes with time or chance, by the functions that it names outside of
 * strings and comments. Where two runs differ, that is found by comparing them.
 * @param options `inDefinitions`: also what a later statement may print, by a default or in a function
 */
export function isVolatileStatement(
  statement: string,
  { inDefinitions = false }: { inDefinitions?: boolean } = {},
): boolean {
  const words = inDefinitions
    ? withoutComments(statement)
    : withoutStrings(statement)
        .replace(/"[^"]*"/g, "")
        .trim();
  // These print a tag, whatever a default is.
  if (!inDefinitions && /^(CREATE|ALTER|COMMENT|DROP)\b/i.test(words)) return false;
  if (!inDefinitions && /^INSERT\b(?!.*\bRETURNING\b)/is.test(words)) return false;
  if (/^EXPLAIN\s*(?:\([^)]*\banalyze\b|analyze\b)/i.test(words)) return true;
  return volatileWords.test(words) || timeWords.test(statement) || ageOfNow.test(words);
}

/** A statement without the text of its strings, and without comments. Names in quotes stay. */
export function withoutStrings(statement: string): string {
  return statement.replace(quoted, (text) => {
    if (/^(--|\/\*)/.test(text)) return " ";
    return text.startsWith('"') ? text : "''";
  });
}

/** A statement without comments, with its strings. */
export function withoutComments(statement: string): string {
  return statement.replace(/--[^\n]*|\/\*.*?\*\//gs, " ");
}

/** `age()` with one argument counts from today. */
const ageOfNow = /\bage\s*\((?:[^(),]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*(?:\)|$)/i;
