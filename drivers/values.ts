import { DatabaseError } from "../runner/connection/errors.ts";
import { readArray, writeArray } from "./arrays.ts";
import type { Parameter } from "./driver.ts";

type Parser = (text: string) => unknown;

/** By the type's OID in PostgreSQL's catalog (pg_type.dat). */
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
  // Their elements stay text: bytea, name, bigint, text, char, varchar, date, timestamp, numeric, uuid
  ...[1001, 1003, 1016, 1009, 1014, 1015, 1182, 1115, 1231, 2951].map((oid) => [oid, 25] as const),
] as const;

/**
 * How column types become JavaScript values, by OID. Every type that is not here arrives as the
 * text that psql shows: nothing is lost to rounding, and no time zone is guessed.
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

/** Types that postgres.js would convert by itself: bytea, bigint, date, timestamp, numeric. */
const textTypes = [17, 20, 1082, 1114, 1700];

/** The same for postgres.js, which has a converter for each direction. */
export const postgresTypes = Object.fromEntries(
  [...Object.keys(parsers).map(Number), ...textTypes].map((oid) => [
    `oid${oid}`,
    { to: oid, from: [oid], serialize: String, parse: parsers[oid] ?? String },
  ]),
);

/**
 * Writes a parameter as the text that the server reads.
 * @param index its position, from 0
 * @throws DatabaseError for a value of any other kind
 */
export function parameterText(value: Parameter, index: number): string | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (isArray(value)) return writeArray(value, (element) => parameterText(element, index), isArray);

  const message = `Parameter $${index + 1} is ${describe(value)}. Use a string, number, boolean, null, valid Date, or an array of them.`;
  throw new DatabaseError("query", "INVALID_PARAMETER", message);
}

function isArray(value: Parameter): value is readonly Parameter[] {
  return Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === undefined) return "undefined";
  if (value instanceof Date) return "an invalid Date";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Reads "2026-11-22 08:30:00+00". What a Date cannot hold, such as infinity, stays text. */
function readTimestamp(text: string): Date | string {
  const date = new Date(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return Number.isNaN(date.getTime()) ? text : date;
}
