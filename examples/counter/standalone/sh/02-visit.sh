#!/bin/sh
set -eu

for page in / /about /; do
  # :'page' is psql's variable, quoted as SQL wants it.
  psql "$PGDATABASE" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set page="$page" <<'SQL'
INSERT INTO page_visits (page, visits) VALUES (:'page', 1)
ON CONFLICT (page) DO UPDATE SET visits = page_visits.visits + 1;
SQL
done
echo "Counted 3 visits."
