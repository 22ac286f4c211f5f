import { expect, test } from "vitest";
import { splitStatements } from "../../../runner/page/sql/parse/split-statements.ts";

const texts = (sql: string) =>
  splitStatements(sql).map((part) =>
    part.kind === "statement" ? part.text : `${part.command} ${part.rest}`.trim(),
  );

test.each<[string, string[]]>([
  ["", []],
  [" ;; -- nothing\n/* ; */ ; /* a", []],
  ["SELECT 1", ["SELECT 1"]],
  ["SELECT 1; SELECT 2 ;\n", ["SELECT 1;", "SELECT 2 ;"]],
  ["SELECT 'a;''b;' AS \"c;\"\"d\"; SELECT 2", ["SELECT 'a;''b;' AS \"c;\"\"d\";", "SELECT 2"]],
  ["SELECT 'a\\'; SELECT 2", ["SELECT 'a\\';", "SELECT 2"]],
  ["SELECT E'a\\';b'';c'; SELECT 2", ["SELECT E'a\\';b'';c';", "SELECT 2"]],
  ["SELECT type'a\\'; SELECT 2", ["SELECT type'a\\';", "SELECT 2"]],
  [
    "SELECT $$a;$$; SELECT $b1$ $$;$b$;$b1$; 1",
    ["SELECT $$a;$$;", "SELECT $b1$ $$;$b$;$b1$;", "1"],
  ],
  ["EXECUTE p($1$2); SELECT a$b$; 2", ["EXECUTE p($1$2);", "SELECT a$b$;", "2"]],
  ["SELECT $ä$;$ä$;", ["SELECT $ä$;$ä$;"]],
  ["-- a;\n  -- b\nSELECT 1 -- c;\n + 1; -- d", ["SELECT 1 -- c;\n + 1;"]],
  ["/* a */ SELECT 1 /* b /* ; */ ; */; 2", ["/* a */ SELECT 1 /* b /* ; */ ; */;", "2"]],
  [
    "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); 3",
    ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);", "3"],
  ],
  [
    "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; 2",
    [
      "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;",
      "2",
    ],
  ],
  [
    "BEGIN; SELECT CASE WHEN a THEN 1 END; END;",
    ["BEGIN;", "SELECT CASE WHEN a THEN 1 END;", "END;"],
  ],
  ["\\x\nSELECT 1;\n\\pset null '(null)'\n", ["\\x", "SELECT 1;", "\\pset null '(null)'"]],
  ["SELECT 1 \\gx\nSELECT 2;", ["SELECT 1", "\\gx", "SELECT 2;"]],
  ["SELECT 1\n\\x on\n+ 1;", ["\\x on", "SELECT 1\n+ 1;"]],
  ["\\x \\\\ SELECT 1 \\; SELECT 2;", ["\\x", "SELECT 1 ;", "SELECT 2;"]],
  ["SELECT '\n\\x\n';", ["SELECT '\n\\x\n';"]],
  ["COPY t FROM stdin;\n1;\t'a\n\\.\nSELECT 1", ["COPY t FROM stdin;", "\\. 1;\t'a", "SELECT 1"]],
  ["SELECT 'a; SELECT 2", ["SELECT 'a; SELECT 2"]],
  ["SELECT 1;\r\n\\x\r\nSELECT 2;\r\n", ["SELECT 1;", "\\x", "SELECT 2;"]],
])("%j is split", (sql, parts) => {
  expect(texts(sql)).toEqual(parts);
});

test("a long block takes no longer than its length needs", () => {
  const sql = "INSERT INTO t VALUES (1, 'it''s', E'a\\n', $$b$$); -- c\n".repeat(50_000);
  expect(splitStatements(sql)).toHaveLength(50_000); // the time limit is exceeded if each is looked for from the start
});
