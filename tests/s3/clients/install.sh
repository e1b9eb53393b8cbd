#!/bin/bash
# install.sh DIR: the clients that versions.txt names, into DIR; nothing where they are there already.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$1
wanted=$(sha256sum "$here/versions.txt")
[[ -f $dir/installed && $(<"$dir/installed") == "$wanted" ]] && exit 0

rm -rf "$dir"
mkdir -p "$dir"
python3 -m venv "$dir/venv"
mapfile -t pypi < <(awk '$1 == "pypi" {print $2 "==" $3}' "$here/versions.txt")
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check "${pypi[@]}"
mapfile -t npm < <(awk '$1 == "npm" {print $2 "@" $3}' "$here/versions.txt")
npm install --silent --no-audit --no-fund --prefix "$dir" "${npm[@]}"
echo "$wanted" >"$dir/installed"
