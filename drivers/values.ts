import type { Value } from "./driver.ts";

type Parser = (text: string) => unknown;

/** How PostgreSQL's types are read, by OID (pg_type.dat). All others stay text, as psql shows them. */
const scalars: Readonly<Record<number, Parser>> = {
  16: (text) => text === "t", // boolean
  21: Number, // smallint
  23: Number, // integer
  26: Number, // oid
  700: Number, // real
  701: Number, // double precision
  114: (text) => JSON.parse(text), // json
  3802: (text) => JSON.parse(text), // jsonb
  1184: readTimestamp, // timestamp with time zone
};

const TEXT = 25;

/** Types of arrays, and of their elements. */
const arrays = [
  [1000, 16],
  [1005, 21],
  [1007, 23],
  [1028, 26],
  [1021, 700],
  [1022, 701],
  [199, 114],
  [3807, 3802],
  [1185, 1184],
  // Elements that stay text: bytea, name, bigint, text, char, varchar, date, timestamp, numeric, uuid
  ...[1001, 1003, 1016, 1009, 1014, 1015, 1182, 1115, 1231, 2951].map(
    (oid) => [oid, TEXT] as const,
  ),
] as const;

/**
 * What both libraries read alike. bigint and numeric stay text, so that no digit is lost. A Date has
 * milliseconds only, and numbers in JSON are doubles.
 */
export const parsers: Readonly<Record<number, Parser>> = {
  ...scalars,
  ...Object.fromEntries(
    arrays.map(([oid, element]) => [
      oid,
      (text: string) => readArray(text, scalars[element] ?? String),
    ]),
  ),
};

/** Types that postgres.js would convert: bytea, bigint, date, timestamp, numeric. */
const textTypes = [17, 20, 1082, 1114, 1700];

/** The parsers in the form that postgres.js takes, with a serializer for each. */
export const postgresTypes = Object.fromEntries(
  [...Object.keys(parsers).map(Number), ...textTypes].map((oid) => [
    `oid${oid}`,
    { to: oid, from: [oid], serialize: String, parse: parsers[oid] ?? String },
  ]),
);

/** The protocol counts them in two bytes. */
const MOST_VALUES = 65_535;

/**
 * Write values as the text that the server reads.
 * @throws TypeError with the code INVALID_PARAMETER for a value of another type
 */
export function valueTexts(values: readonly Value[]): (string | null)[] {
  if (values.length > MOST_VALUES) {
    throw invalid(
      `There are ${values.length} parameters. PostgreSQL takes ${MOST_VALUES} at most.`,
    );
  }
  return values.map((value, index) => valueText(value, index + 1));
}

function valueText(value: Value, position: number): string | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return dateText(value);
  if (Array.isArray(value)) return arrayText(value, position);

  const what = value instanceof Date ? "an invalid Date" : describe(value);
  throw invalid(
    `Parameter $${position} is ${what}. Use a string, number, boolean, null, valid Date, or an array of them.`,
  );
}

function invalid(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "INVALID_PARAMETER" });
}

function describe(value: unknown): string {
  if (value === undefined) return "undefined";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** ISO 8601 has +010000 for the year 10000, and -000043 for 44 BC. PostgreSQL has neither. */
function dateText(date: Date): string {
  const year = date.getUTCFullYear();
  const rest = date.toISOString().slice(-20);
  const text = String(year > 0 ? year : 1 - year).padStart(4, "0") + rest;
  return year > 0 ? text : `${text} BC`;
}

/** Read "2026-11-22 08:30:00+00". What a Date cannot hold, such as infinity, stays text. */
function readTimestamp(text: string): Date | string {
  const [, digits, rest = "", bc] = /^(\d+)(-\S+ \S+?)( BC)?$/.exec(text) ?? [];
  if (digits === undefined) return text;
  const year = bc ? 1 - Number(digits) : Number(digits);
  const iso = (year < 0 ? "-" : "+") + String(Math.abs(year)).padStart(6, "0") + rest;
  const date = new Date(iso.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return Number.isNaN(date.getTime()) ? text : date;
}

/** Read an array as the server writes it: {1,NULL,"a, b",{2}}. */
function readArray(text: string, parse: Parser): unknown {
  const part = /(\{)|(\})|"((?:[^"\\]|\\.)*)"|([^{},"]+)/gs;
  const outer: unknown[][] = [];
  let array: unknown[] = [];
  // An array whose index does not begin at 1 has its bounds first: [0:1]={1,2}
  for (const [, opens, closes, quoted, bare] of text.replace(/^\[.*?=/, "").matchAll(part)) {
    if (opens) {
      outer.push(array);
      array = [];
    } else if (closes) {
      const inner = array;
      array = outer.pop() ?? [];
      array.push(inner);
    } else if (bare !== undefined) {
      array.push(bare === "NULL" ? null : parse(bare));
    } else {
      array.push(parse((quoted ?? "").replace(/\\(.)/gs, "$1")));
    }
  }
  return array[0];
}

function arrayText(values: readonly Value[], position: number): string {
  const texts = values.map((value) => {
    const text = valueText(value, position);
    if (text === null) return "NULL";
    return Array.isArray(value) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
  });
  return `{${texts.join(",")}}`;
}
