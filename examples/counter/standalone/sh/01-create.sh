#!/bin/sh
# Careful: the page_visits table of this database is gone afterwards, whoever made it.
set -eu

psql "$PGDATABASE" --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
SET client_min_messages TO warning; -- DROP says on stderr where there was nothing to drop
DROP TABLE IF EXISTS page_visits;
CREATE TABLE page_visits (page TEXT PRIMARY KEY, visits INT NOT NULL);
SQL
echo "Created the counter."
