import { describe, expect, test } from "vitest";
import { parsers, postgresTypes, valueTexts } from "../../drivers/values.ts";

const read = (oid: number, text: string) => parsers[oid]?.(text);

test.each<[string, number, string, unknown]>([
  ["boolean", 16, "t", true],
  ["boolean", 16, "f", false],
  ["smallint", 21, "-7", -7],
  ["integer", 23, "42", 42],
  ["oid", 26, "16384", 16384],
  ["real", 700, "1.5", 1.5],
  ["double precision", 701, "-Infinity", -Infinity],
  ["json", 114, '{"a": [1, null]}', { a: [1, null] }],
  ["jsonb", 3802, '"text"', "text"],
  ["timestamptz", 1184, "2026-11-22 08:30:00+00", new Date("2026-11-22T08:30:00Z")],
  ["timestamptz, west", 1184, "2026-11-22 08:30:00-05", new Date("2026-11-22T13:30:00Z")],
  ["timestamptz, minutes", 1184, "2026-11-22 08:30:00.5+05:30", new Date("2026-11-22T03:00:00.5Z")],
  ["timestamptz without a date", 1184, "infinity", "infinity"],
  [
    "timestamptz before Christ",
    1184,
    "0044-03-15 12:00:00+00 BC",
    new Date("-000043-03-15T12:00:00Z"),
  ],
  [
    "timestamptz of the year 10000",
    1184,
    "10000-01-01 00:00:00+00",
    new Date("+010000-01-01T00:00:00Z"),
  ],
  ["boolean[]", 1000, "{t,f,NULL}", [true, false, null]],
  ["smallint[]", 1005, "{1,2}", [1, 2]],
  [
    "integer[][]",
    1007,
    "{{1,2},{3,4}}",
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ["integer[] from index 0", 1007, "[0:1]={1,2}", [1, 2]],
  ["oid[]", 1028, "{1}", [1]],
  ["real[]", 1021, "{0.5}", [0.5]],
  ["double precision[]", 1022, "{0.25}", [0.25]],
  ["json[]", 199, '{"{\\"a\\": 1}"}', [{ a: 1 }]],
  ["jsonb[]", 3807, "{true}", [true]],
  ["timestamptz[]", 1185, '{"2026-11-22 08:30:00+00"}', [new Date("2026-11-22T08:30:00Z")]],
  ["bytea[]", 1001, '{"\\\\x00"}', ["\\x00"]],
  ["name[]", 1003, "{a}", ["a"]],
  ["bigint[]", 1016, "{9007199254740993}", ["9007199254740993"]],
  ["text[]", 1009, '{"a,b",NULL,"NULL","",c d}', ["a,b", null, "NULL", "", "c d"]],
  ["text[] with brackets", 1009, '{"x[1]=y"}', ["x[1]=y"]],
  ["char[]", 1014, "{a}", ["a"]],
  ["varchar[]", 1015, "{1}", ["1"]],
  ["date[]", 1182, "{2026-11-22}", ["2026-11-22"]],
  ["timestamp[]", 1115, '{"2026-11-22 08:30:00"}', ["2026-11-22 08:30:00"]],
  ["numeric[]", 1231, "{1.50}", ["1.50"]],
  ["uuid[]", 2951, "{}", []],
])("reads %s (%i): %s", (_, oid, text, value) => {
  expect(read(oid, text)).toEqual(value);
});

test.each([17, 20, 25, 1043, 1082, 1114, 1700])("type %i stays text", (oid) => {
  expect(parsers[oid]).toBeUndefined();
});

test("postgres.js is told of each type that it would convert in its own way", () => {
  const oids = [...Object.keys(parsers).map(Number), 17, 20, 1082, 1114, 1700];
  expect(Object.keys(postgresTypes).sort()).toEqual(oids.map((oid) => `oid${oid}`).sort());
  for (const oid of oids) {
    expect(postgresTypes[`oid${oid}`]).toMatchObject({ to: oid, from: [oid] });
  }
  expect(postgresTypes.oid23?.parse("7")).toBe(7);
  expect(postgresTypes.oid1700?.parse("1.50")).toBe("1.50");
  expect(postgresTypes.oid20?.serialize(12)).toBe("12");
});

describe("a parameter", () => {
  test.each([
    [null, null],
    ["text", "text"],
    ["", ""],
    [1.5, "1.5"],
    [false, "false"],
    [new Date("2026-11-22T08:30:00Z"), "2026-11-22T08:30:00.000Z"],
    [new Date("-000043-03-15T12:00:00Z"), "0044-03-15T12:00:00.000Z BC"],
    [new Date("0000-03-15T12:00:00Z"), "0001-03-15T12:00:00.000Z BC"],
    [new Date("+010000-01-01T00:00:00Z"), "10000-01-01T00:00:00.000Z"],
    [-0, "-0"],
    [[], "{}"],
    [[1, null, true], '{"1",NULL,"true"}'],
    [[["a"], ['"\\']], '{{"a"},{"\\"\\\\"}}'],
  ])("%j is sent as %s", (value, text) => {
    expect(valueTexts([value])).toEqual([text]);
  });

  test.each<[unknown, string]>([
    [undefined, "undefined"],
    [new Date(Number.NaN), "an invalid Date"],
    [{}, "an object"],
    [() => 1, "a function"],
    [1n, "a bigint"],
    [Symbol("s"), "a symbol"],
    [[undefined], "undefined"],
  ])("%o is refused", (value, description) => {
    // What TypeScript refuses may come from JavaScript.
    expect(() => Reflect.apply(valueTexts, undefined, [[1, value]])).toThrow(
      expect.objectContaining({
        code: "INVALID_PARAMETER",
        message: `Parameter $2 is ${description}. Use a string, number, boolean, null, valid Date, or an array of them.`,
      }),
    );
  });
});

test("what is written as an array is read back", () => {
  const value = [
    ["a", null],
    ['"{},\\', "NULL"],
  ];
  const [text] = valueTexts([value]);
  expect(parsers[1009]?.(text ?? "")).toEqual(value);
});
