#!/bin/sh
# Makes of a Debian 12 image what the programs run in: their libraries, and a user who owns /data and
# /secret. Libraries that the base has already need no network.
set -eu

missing=
while read -r package; do
  case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) in
    ii*) ;;
    *) missing="$missing $package" ;;
  esac
done <"$(dirname "$0")/runtime-packages"
if [ -n "$missing" ]; then
  apt-get update -q
  # shellcheck disable=SC2086  # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
  apt-get clean
  rm -rf /var/lib/apt/lists/*
fi

groupadd --gid 10001 trebol
useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin trebol
install -d -o 10001 -g 10001 -m 0700 /data /secret
