import { withoutStrings } from "../../../common/sql-text.ts";
import { splitStatements } from "./split-statements.ts";

const reads = /^\(*\s*(?:SELECT|TABLE|VALUES|WITH|SHOW|EXPLAIN(?!\s+\(?[\s\w,]*\bANALY[SZ]E))\b/i;
const writes = /\b(?:INTO|INSERT|DELETE|MERGE|(?<!\bFOR\s)(?<!\bFOR\sNO\sKEY\s)UPDATE)\b/i;

/** What may be before a parenthesis and is no function of a page's own, nor one that changes something. */
const known = new RegExp(
  `^(?:${[
    "select|from|where|join|on|using|and|or|not|in|any|some|all|exists|values|as|case|when|then|else|by|having|union",
    "except|intersect|distinct|materialized|over|filter|group|within|row|rollup|cube|sets|lateral|with|recursive|array",
    "limit|offset|is|like|ilike|between|explain|interval|cast|(?:var)?char|varying|numeric|decimal|bit|time\\w*",
    "count|sum|avg|min|max|every|bool_\\w+|bit_\\w+|\\w+_agg|stddev\\w*|var\\w*|corr|percentile_\\w+|mode|rank",
    "dense_rank|row_number|ntile|lag|lead|\\w+_value|percent_rank|cume_dist|grouping|coalesce|nullif|greatest|least",
    "abs|ceil|ceiling|floor|round|trunc|mod|power|sqrt|sign|width_bucket|generate_series|random",
    "length|char_length|octet_length|lower|upper|initcap|left|right|[lrb]?trim|[lr]pad|replace|repeat|reverse|concat\\w*",
    "substr|substring|position|strpos|split_part|string_to_\\w+|array_\\w+|cardinality|unnest|format|quote_\\w+|chr|ascii",
    "regexp_\\w+|starts_with|translate|overlay|md5|sha\\d+|encode|decode|to_\\w+|jsonb?_\\w+|json\\w*|row_to_json|hstore",
    "now|age|extract|date_\\w+|make_\\w+|justify_\\w+|\\w+_timestamp|timeofday|isfinite|current_\\w+|session_user|version",
    "pg_typeof|pg_get_\\w+|pg_\\w+_size|pg_size_\\w+|pg_is_in_recovery|pg_backend_pid|pg_postmaster_start_time",
    "has_\\w+_privilege|obj_description|col_description|format_type|inet_\\w+|host|family|masklen|lower_inf|upper_inf|st_\\w+",
  ].join("|")})$`,
  "i",
);

/** True for statements that change nothing in the database, nor in another session: they call no function of unknown effect. */
export function onlyReads(sql: string): boolean {
  return splitStatements(sql).every((part) => {
    if (part.kind === "meta") return /^\\(?:[dlz]|conninfo)/.test(part.command);
    const plain = withoutStrings(part.text).trim();
    const called = [...plain.matchAll(/([\w."]+)\s*\(/g)].map(([, name = ""]) => name);
    const own = called.map((name) => name.replace(/^pg_catalog\./i, ""));
    return reads.test(plain) && !writes.test(plain) && own.every((name) => known.test(name));
  });
}
