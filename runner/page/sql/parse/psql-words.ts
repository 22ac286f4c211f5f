/** Of psql itself, which knows their values: they are not known here. */
const own =
  /^(?:DBNAME|ENCODING|ERROR|HOST|LASTOID|LAST_ERROR_\w+|PIPELINE_\w+|PORT|ROW_COUNT|SERVER_VERSION_\w+|SERVICE\w*|SHELL_\w+|SQLSTATE|USER|VERSION\w*)$/;

const piece =
  /'((?:\\[\s\S]|''|[^'\\])*)'|"[^"]*"|:'(\w+)'|:"(\w+)"|:(\w+)|:\{[^}\s]*\}?|`[^`]*`?|[^\s'"`:]+|./y;

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/**
 * Read the words of a command of psql as psql does: texts in quotes, and the values of variables.
 * @returns undefined where a shell, or a variable of psql's own, gives a part of them
 */
export function psqlWords(
  text: string,
  variables: ReadonlyMap<string, string> = new Map(),
): string[] | undefined {
  const words: string[] = [];
  let isInWord = false;
  const add = (part: string) => {
    const before = isInWord ? (words.pop() ?? "") : "";
    words.push(before + part);
    isInWord = true;
  };
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at] ?? "")) {
      isInWord = false;
      at++;
      continue;
    }
    piece.lastIndex = at;
    const [found = "", quoted, asText, asName, plain] = piece.exec(text) ?? [];
    at += Math.max(1, found.length);
    if (quoted !== undefined) {
      add(unescaped(quoted));
      continue;
    }
    const name = asText ?? asName ?? plain;
    if (found.startsWith("`") || found.startsWith(":{")) return undefined;
    if (name === undefined) {
      add(found);
      continue;
    }
    const value = variables.get(name);
    if (value === undefined && own.test(name)) return undefined;
    if (value === undefined) add(found);
    else if (asText !== undefined) add(`'${value.replaceAll("'", "''")}'`);
    else add(asName !== undefined ? `"${value.replaceAll('"', '""')}"` : value);
  }
  return words;
}

function unescaped(quoted: string): string {
  return quoted.replace(/''|\\([0-7]{1,3}|x[\dA-Fa-f]{1,2}|[\s\S])/g, (found, code?: string) => {
    if (code === undefined) return "'";
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? (code.length === 1 ? code : found);
  });
}
