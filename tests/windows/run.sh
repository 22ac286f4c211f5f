#!/usr/bin/env bash
# Runs the tests of Windows in a box, which it builds if there is none. On a machine that cannot
# have one, it says so and exits with 0.
set -euo pipefail
cd "$(dirname "$0")/../.."

status=0
bash tests/windows/box.sh make || status=$?
if [ "$status" = 69 ]; then
  echo "The tests of Windows did not run." >&2
  exit 0
elif [ "$status" != 0 ]; then
  echo "The tests of Windows did not run: their box could not be built." >&2
  [ "${CI:-}" = true ] || exit 0
  exit 1
fi

trap 'bash tests/windows/box.sh end' EXIT
npx vitest run --project windows "$@"
