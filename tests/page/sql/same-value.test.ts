import { expect, test } from "vitest";
import { isSameValue } from "../../../runner/page/sql/compare/same-value.ts";

const types = {
  text: 25,
  bool: 16,
  json: 114,
  jsonb: 3802,
  float4: 700,
  float8: 701,
  numeric: 1700,
  time: 1114,
  zoned: 1184,
};

test.each<[string, string | null, keyof typeof types]>([
  ["[null]", null, "text"],
  ["`NULL`", null, "text"],
  ["-", null, "text"],
  ["TRUE", "t", "bool"],
  ["a \\| b", "a | b", "text"],
  ["a<br>b", "a\nb", "text"],
  ["`a`", "a", "text"],
  ['{"b": [1, 2], "a": "x"}', '{"a":"x","b":[1,2]}', "jsonb"],
  ['{"a": "x", "b": [1, 2]}', '{"a":"x","b":[1,2]}', "json"],
  ['{\n "a": 1\n}', '{"a": 1}', "text"],
  ["0.110207753755597", "0.11020775375559677", "float8"],
  ["0.333333", "0.33333334", "float4"],
  ["18.9", "18.90", "numeric"],
  ["1,234.50", "1234.50", "numeric"],
  ['["a b", "c"]', '{"a b",c}', "text"],
  ["[1, 2, null]", "{1,2,NULL}", "text"],
  ['{"a": 1, "b": "1.0 and 2"}', '{"a": 1.0, "b": "1.0 and 2"}', "json"],
  ["2024-01-02T03:04:05.000Z", "2024-01-02 03:04:05", "time"],
  ["2024-01-02 05:04:05+02", "2024-01-02 03:04:05+00", "zoned"],
  ["2024-01-02T03:04:05", "2024-01-02 03:04:05+09", "zoned"],
])("%j shows %j of %s", (text, name, type) => {
  expect(isSameValue(text, { name, type: types[type] })).toBe(true);
});

test.each<[string, string | null, keyof typeof types]>([
  ["f", null, "bool"],
  ["1", "10", "numeric"],
  ["18.9", "18.91", "numeric"],
  ["1,23", "123", "numeric"],
  ["0.1", "0.11020775375559677", "float8"],
  ["2024-01-02T03:04:06Z", "2024-01-02 03:04:05", "time"],
  ['{"a": 2}', '{"a": 1}', "json"],
  ['["a"]', "{b}", "text"],
  ["", "x", "text"],
  ["1.0", "1.00", "text"],
  ['{"a": 12345678901234567891}', '{"a": 12345678901234567890}', "json"],
  ['{"a": 2}', '{"a": 1, "a": 2}', "json"],
  ['{"b": [1, 2], "a": "x"}', '{"a":"x","b":[1,2]}', "json"],
  ['{"b": 1, "a": 2}', '{"a": 2, "b": 1}', "text"],
  ["2024-01-02 05:04:05+02", "2024-01-02 03:04:05", "time"],
  ["2024-01-01 18:04:05", "2024-01-02 03:04:05+09", "zoned"],
  ["2024-02-31 00:00:00", "2024-03-02 00:00:00", "time"],
  ["2024-03-01 24:00:00", "2024-03-02 00:00:00", "time"],
])("%j does not show %j of %s", (text, name, type) => {
  expect(isSameValue(text, { name, type: types[type] })).toBe(false);
});
