import { expect, test } from "vitest";
import { effectOf, reachesOut } from "../../runner/page/shell/command-effects.ts";

const files = new Map([
  ["app.py", { content: "print(1)" }],
  ["src/app.js", { content: "console.log(1)" }],
]);

test.each([
  ["python3 app.py | head"],
  ["python3.12 app.py | head"],
  ["py app.py | head"],
  ["node ./src/app.js | head"],
  ["node --enable-source-maps src/app.js | head"],
  ["ts-node src/app.js | head"],
])("%s changes nothing", (command) => {
  expect(effectOf(command, files)).toMatchObject({ files: [], mayWrite: false, isUnknown: false });
});

test.each([["node seed.js | head"], ["docker exec app python3.12 app.py"], ["gh pr checkout 3"]])(
  "%s may change anything",
  (command) => {
    expect(effectOf(command, files)).toMatchObject({ mayWrite: true, isUnknown: true });
  },
);

test.each([
  ["rm app.py", ["app.py"]],
  ["scp me@host:app.py app.py", ["app.py"]],
  ["xdg-open app.py", ["app.py"]],
  ["sort -o app.py app.py", ["app.py"]],
  ["git add app.py", []],
  ["mv 'old notes.txt' \"src/app.js\"", ["src/app.js", "old notes.txt"]],
])("%s changes %j", (command, changed) => {
  expect(effectOf(command, files).files).toEqual(changed);
});

test.each([
  ['import pg from "pg";', true],
  ['const { Pool } = await import("pg");', true],
  ['const pg = require( "pg" );', true],
  ['import { a } from "./a.js";', false],
  ["console.log(1)", false],
])("%s reaches out of the page's files: %s", (source, reaches) => {
  expect(reachesOut([source])).toBe(reaches);
});

const mayChange = [
  ...[
    "docker compose down -v",
    "docker volume rm pgdata",
    "docker-compose up -V",
    "docker rm -f db",
  ],
  ...[
    "neon branches reset main --parent",
    "neonctl branches restore main ^self@2024-05-06T10:00:00Z",
  ],
  ...["neonctl branches create --psql -- -f x.sql", "npx neonctl databases delete shop"],
  ...["heroku pg:reset DATABASE", "heroku run node seed.js", "git push heroku main"],
  ...[
    'fly ssh console -C "node seed.js"',
    "gh workflow run seed.yml",
    "aws lambda invoke out.json",
  ],
  ...["kubectl apply -f seed-job.yaml", "kubectl -n db delete pod db-0", "terraform apply"],
  ...["ssh -i key me@host ./seed.sh", "vercel --prod", "env X=1 ./seed.sh"],
  ...["curl -sX POST http://h/users", "curl -iX DELETE http://h/1", "curl -F name=Ann http://h"],
  ...["curl --request=POST http://h", "curl -sd a=1 http://h", "curl -T a.csv http://h"],
  ...['psql shop -c "SELECT * FROM t" -c "DELETE FROM t"', 'psql -c "SELECT 1; CALL clear()" shop'],
  ...["psql -c \"SELECT * FROM t WHERE v = 'a'; DELETE FROM t\"", "psql -c 'SELECT 1' -f seed.sql"],
  ...[
    "psql --command='SELECT 1' --command='INSERT INTO t VALUES (1)'",
    'psql -tc "SELECT clear()"',
  ],
  ...["sudo -u postgres psql -c 'TABLE t' -c 'TRUNCATE t'", "psql -c \"SELECT nextval('ids')\""],
  ...[
    'psql -c "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a"',
    "psql -c 'SELECT 1' < a.sql",
  ],
  ...['psql -c "SELECT make_orders()"', 'psql -c "SELECT to_archive(1)"'],
  ...['psql -c "SELECT next_value()"', 'psql -c "SELECT jsonb_import()"'],
  ...["http POST http://h", "http :3000/users name=Ann", "wget --post-data='a=1' http://h"],
];

test.each(mayChange)("%s, which is not run, may change anything", (command) => {
  expect(effectOf(command, files)).toMatchObject({ isUnknown: true });
});

const keeps = [
  ...["docker compose up -d", "docker compose -f dev.yml up --build db", "docker pull postgres:17"],
  ...["docker compose logs db", "docker ps", "docker volume create pgdata", "docker-compose up -d"],
  ...["neonctl auth", "npx neonctl projects list", "neon connection-string main --pooled"],
  ...["neonctl branches create --name dev", "heroku pg:psql --app shop", "heroku config:set A=1"],
  ...["fly status", "gh auth login", "aws rds describe-db-instances", "gcloud sql instances list"],
  ...[
    "kubectl -n db get pods",
    "terraform plan",
    "ssh -L 5432:db:5432 -N me@host",
    "vercel env pull",
  ],
  ...["git add .", 'git commit -m "Delete all"', "git push -u origin main", "vercel link"],
  ...[
    "curl -fsSL https://h/users",
    "curl -X GET http://h",
    'curl -H "X: -d" http://h',
    "curl -sI http://h",
  ],
  ...[
    'psql shop -c "SELECT count(*) FROM t" -c "\\d t"',
    "psql --command 'SHOW work_mem; TABLE t'",
  ],
  ...[
    "psql -c \"SELECT id, 'DELETE' FROM t WHERE id IN (1, 2)\" shop",
    "psql -Atc 'EXPLAIN SELECT 1'",
  ],
  ...['psql -c "SELECT to_char(max(at), $$YYYY$$), json_agg(x), make_date(2024, 1, 2) FROM t"'],
  ...["http :3000/users", "http GET http://h q==1 X-A:1", "wget -q https://h/a.csv", "env"],
];

test.each(keeps)("%s, which is not run, changes no rows", (command) => {
  expect(effectOf(command, files)).toMatchObject({ isUnknown: false });
});
