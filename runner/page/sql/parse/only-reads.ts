import { withoutStrings } from "../../../common/sql-text.ts";
import { splitStatements } from "./split-statements.ts";

const reads = /^\(*\s*(?:SELECT|TABLE|VALUES|WITH|SHOW|EXPLAIN(?!\s+\(?[\s\w,]*\bANALY[SZ]E))\b/i;
const writes = /\b(?:INTO|INSERT|DELETE|MERGE|(?<!\bFOR\s)(?<!\bFOR\sNO\sKEY\s)UPDATE)\b/i;

/**
 * What may come before a parenthesis: words of SQL, and functions that change nothing. Their whole names, since a page
 * may have a function `make_orders` or `next_value` of its own.
 */
const known = new RegExp(
  `^(?:${[
    "select|from|where|join|on|using|and|or|not|in|any|some|all|exists|values|as|case|when|then|else|by|having|union",
    "except|intersect|distinct|materialized|over|filter|group|within|row|rollup|cube|sets|lateral|with|recursive|array",
    "limit|offset|is|like|ilike|between|explain|interval|cast|(?:var)?char|varying|numeric|decimal|bit|time(?:stamp)?(?:tz)?",
    "count|sum|avg|min|max|every|(?:bool|bit)_(?:and|or)|(?:array|string|xml|jsonb?(?:_object)?)_agg|(?:stddev|var)(?:_pop|_samp)?",
    "variance|corr|percentile_(?:cont|disc)|mode|rank|dense_rank|percent_rank|row_number|ntile|lag|lead|cume_dist|grouping",
    "(?:first|last|nth)_value|coalesce|nullif|greatest|least",
    "abs|ceil|ceiling|floor|round|trunc|mod|power|sqrt|sign|width_bucket|generate_series|random",
    "length|(?:bit|char|octet)_length|lower|upper|initcap|left|right|[lrb]?trim|[lr]pad|replace|repeat|reverse|concat(?:_ws)?",
    "substr|substring|position|strpos|split_part|string_to_(?:array|table)|unnest|cardinality|format|chr|ascii",
    "array_(?:append|cat|dims|fill|length|lower|ndims|positions?|prepend|remove|replace|to_string|upper)",
    "quote_(?:ident|literal|nullable)|regexp_(?:count|instr|like|match(?:es)?|replace|split_to_(?:array|table)|substr)",
    "starts_with|translate|overlay|md5|sha(?:224|256|384|512)|encode|decode|to_(?:char|date|number|timestamp|jsonb?|reg\\w+)",
    "jsonb?_(?:array_elements(?:_text)?|array_length|build_array|build_object|each(?:_text)?|extract_path(?:_text)?|object_keys)",
    "jsonb?_(?:path_exists|path_match|path_query(?:_array|_first)?|populate_record(?:set)?|pretty|set|strip_nulls|to_record(?:set)?|typeof)",
    "json_(?:exists|query|value|table)|row_to_json|now|age|extract|date_(?:add|bin|part|subtract|trunc)",
    "make_(?:date|interval|time|timestamp|timestamptz)|justify_(?:days|hours|interval)|timeofday|isfinite|version",
    "(?:clock|statement|transaction)_timestamp|current_(?:database|date|query|role|schemas?|setting|time|timestamp|user)|session_user",
    "pg_typeof|pg_get_\\w+|pg_\\w+_size|pg_size_\\w+|pg_is_in_recovery|pg_backend_pid|pg_postmaster_start_time",
    "has_\\w+_privilege|obj_description|col_description|format_type|inet_(?:client|server)_(?:addr|port)|host|family|masklen",
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
