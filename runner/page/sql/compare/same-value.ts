import { layOut } from "../print/table-cell.ts";

/** A value, or a name, and the oid of its type; 0 for a name. */
export interface Shown {
  readonly name: string | null;
  readonly type: number;
}

const types = {
  bool: 16,
  json: 114,
  jsonb: 3802,
  float4: 700,
  float8: 701,
  numeric: 1700,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
};
const times = new Set([types.date, types.timestamp, types.timestamptz]);
/** In the place of a type: any text shows the value. */
export const anyValue = -1;
/** How clients show NULL, in lower case. */
const nulls = new Set(["", "null", "(null)", "<null>", "[null]", "\\n", "ø", "¤"]);

export function isNullText(text: string): boolean {
  return nulls.has(text.toLowerCase());
}

/**
 * True if a cell of a page shows a value, whatever form its client gives it: Markdown's escapes, true for t,
 * JSON with other white space, the digits of an earlier PostgreSQL, a time in another notation.
 * @param isMarkdown false where no cell has escapes, and several blanks can be told from one
 */
export function isSameValue(text: string, { name, type }: Shown, isMarkdown = true): boolean {
  if (type === anyValue) return true;
  if (name === null)
    return isNullText(text.replace(/^`(null)`$/i, "$1")) || (isMarkdown && text === "-");
  if (type === types.bool && /^(true|false)$/i.test(text)) return text[0]?.toLowerCase() === name;
  const printed = layOut(name)
    .lines.map((line) => line.text)
    .join("\n");
  const plain = isMarkdown ? fromMarkdown(text) : text;
  if ([name.trim(), printed.trim()].some((one) => text === one || plain === one)) return true;
  if (text === "" || type === 0) return false;
  if (type === types.float4) return isSameFloat(plain, name, 6);
  if (type === types.float8) return isSameFloat(plain, name, 15);
  if (type === types.numeric) return isSameNumeric(plain.replace(/,(?=\d{3}\b)/g, ""), name);
  if (times.has(type)) return isSameTime(plain, name, type === types.timestamptz);
  const isJson = type === types.json || type === types.jsonb || /^[{[]/.test(name);
  if (isJson && isSameJson(plain, name, type === types.jsonb)) return true;
  if (/^\[.*\]$/s.test(plain) && /^\{.*\}$/s.test(name)) return isSameArray(plain, name);
  return (isMarkdown || name.includes("\n")) && tight(plain) === tight(name);
}

/** Undo what Markdown needs in a cell. */
function fromMarkdown(text: string): string {
  const code = /^`([^`]*)`$/.exec(text)?.[1] ?? text;
  return code
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(/\\([\\|_*`<>[\]#~])/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}

/** Line breaks, and more than one blank, cannot be seen in a cell of Markdown. */
function tight(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Before PostgreSQL 12, fewer digits were printed. */
function isSameFloat(text: string, value: string, digits: number): boolean {
  if (!/^-?[\d.]+(?:e[-+]?\d+)?$/i.test(text)) return false;
  const [shown, actual] = [Number(text), Number(value)];
  return shown === actual || Number(actual.toPrecision(digits)) === shown;
}

function isSameNumeric(text: string, value: string): boolean {
  return /^-?[\d.]+$/.test(text) && withoutZeros(text) === withoutZeros(value);
}

/** Leaves out the last zeros behind a point. */
function withoutZeros(number: string): string {
  return /^-?\d+\.\d+$/.test(number) ? number.replace(/\.?0+$/, "") : number;
}

/** Behind a time: a date has hyphens, too. */
const zone = /(?<=:\d\d\S*)\s*(?:Z|[+-]\d\d(?::?\d\d)?)$/;

/** `2024-01-01T00:00:00.000Z` is how programs write it. */
function isSameTime(text: string, value: string, hasZone: boolean): boolean {
  // Without its zone, the page shows the time of the session's.
  const printed = hasZone && !zone.test(text) ? value.replace(zone, "") : value;
  const [shown, actual] = [instantOf(text, hasZone), instantOf(printed, hasZone)];
  return shown !== undefined && shown === actual;
}

/** @param hasZone false for what has no time zone: then a page may only show it as in UTC */
function instantOf(text: string, hasZone: boolean): number | undefined {
  const parts =
    /^(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):\d\d(?::\d\d)?)(?:\.(\d{1,6}))?)?\s*(?:Z|([+-]\d\d)(?::?(\d\d))?)?$/.exec(
      text,
    );
  if (!parts) return undefined;
  const [, date = "", time = "00:00:00", fraction = "", hours = "+00", minutes = "00"] = parts;
  if (!hasZone && Number(hours + minutes) !== 0) return undefined;
  // Date.parse takes a day that its month does not have for one of the next month.
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.valueOf()) || !day.toISOString().startsWith(date)) return undefined;
  const seconds = Date.parse(`${date}T${time}${hours}:${minutes}`);
  return Number.isNaN(seconds) ? undefined : seconds * 1000 + Number(fraction.padEnd(6, "0"));
}

/** `["a", 1]` is how programs write `{a,1}`. */
function isSameArray(text: string, value: string): boolean {
  const items = /"((?:[^"\\]|\\.)*)"|[{}]|[^{},"]+/gs;
  const json = value.replace(items, (item, quoted?: string) => {
    if (quoted !== undefined) return item;
    if (item === "{") return "[";
    if (item === "}") return "]";
    return item === "NULL" ? "null" : JSON.stringify(item);
  });
  const asTexts = (one: string) =>
    one.replace(/(?<=[[,]\s*)(?!null\b)([^"[\],\s]+)(?=\s*[\],])/g, '"$1"');
  return isSameJson(asTexts(text), asTexts(json));
}

/** @param isUnordered true for jsonb: json, and a text, keep the order of keys */
function isSameJson(text: string, value: string, isUnordered = false): boolean {
  const [shown, actual] = [canonical(text, isUnordered), canonical(value, isUnordered)];
  return shown !== undefined && shown === actual;
}

/** @returns undefined for what is not JSON */
function canonical(text: string, isUnordered: boolean): string | undefined {
  if (!/^\s*[{["\dtfn-]/.test(text)) return undefined;
  try {
    JSON.parse(text);
    // As texts: a number may have more digits than JSON.parse keeps.
    const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
      token.startsWith('"') ? token : JSON.stringify(`\0${withoutZeros(token)}`),
    );
    const keys = [...exact.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)].filter(([, colon]) => colon);
    let count = 0;
    const parsed: unknown = JSON.parse(exact);
    const all = JSON.stringify(parsed, (_, value: unknown) => {
      const object = isUnordered ? sorted(value) : value;
      if (object instanceof Object && !Array.isArray(object)) count += Object.keys(object).length;
      return object;
    });
    // Of a key that is there twice, only the last one was kept.
    return count === keys.length ? all : undefined;
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
