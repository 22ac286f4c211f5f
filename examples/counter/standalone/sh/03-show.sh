#!/bin/sh
set -eu

psql "$PGDATABASE" --no-psqlrc --tuples-only --no-align --field-separator ': ' \
  --command 'SELECT page, visits FROM page_visits ORDER BY visits DESC'
