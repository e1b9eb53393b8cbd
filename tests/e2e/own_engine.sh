#!/bin/bash
# A Docker engine of the test's own, as root. It lives in namespaces (network, mounts, processes) that
# go away whole with it: the machine's iptables, interfaces, mounts and engines never see it. It has no
# way to the outside. Sourced for own_engine_start and own_engine_stop; run, it is the engine.

# own_engine_start DIR: DIR/docker.sock answers, own_engine_pid is its process. Not zero, with the
# reason in own_engine_trouble, where the kernel or its owner does not allow an engine.
own_engine_start() {
  local dir=$1 patience=60
  mkdir -p "$dir/data" "$dir/exec" /etc/docker  # /etc/docker is covered in there
  # The engine dies with this shell, however that ends, and everything in the namespaces with it.
  setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc \
    "$BASH" "${BASH_SOURCE[0]}" "$dir" "/$(basename "$dir")" >"$dir/engine.log" 2>&1 &
  own_engine_pid=$!
  while ! docker --host "unix://$dir/docker.sock" version >/dev/null 2>&1; do
    if ! kill -0 "$own_engine_pid" 2>/dev/null; then
      own_engine_trouble="it ended with: $(tail -n 1 "$dir/engine.log")"
      return 1
    fi
    if ((--patience == 0)); then
      own_engine_trouble="it does not answer after 60 s; last: $(tail -n 1 "$dir/engine.log")"
      return 1
    fi
    sleep 1
  done
}

# own_engine_stop DIR: ends it, and removes what it leaves outside of its namespaces.
own_engine_stop() {
  local group
  [[ -n ${own_engine_pid:-} ]] || return 0
  kill -KILL "$own_engine_pid" 2>/dev/null || true
  wait "$own_engine_pid" 2>/dev/null || true
  own_engine_pid=
  while read -r group; do
    for _ in {1..50}; do  # the last processes are leaving
      rmdir "$group" 2>/dev/null && break
      [[ -d $group ]] || break
      sleep 0.1
    done
  done < <(find /sys/fs/cgroup -depth -type d -path "*/$(basename "$1")*" 2>/dev/null)
}

# The first process of the namespaces: it starts the engine, and reaps what that leaves behind.
own_engine_serve() {
  local dir=$1 cgroup=$2 driver=vfs
  mount -t tmpfs none /etc/docker  # the machine's settings are not ours
  ip link set lo up
  mkdir -p "$dir/probe"/{lower,upper,work,merged}
  if mount -t overlay none "$dir/probe/merged" \
    -o "lowerdir=$dir/probe/lower,upperdir=$dir/probe/upper,workdir=$dir/probe/work"; then
    umount "$dir/probe/merged"
    driver=overlay2
  fi
  dockerd --host "unix://$dir/docker.sock" --data-root "$dir/data" --exec-root "$dir/exec" \
    --pidfile "$dir/docker.pid" --storage-driver "$driver" --cgroup-parent "$cgroup" \
    --exec-opt native.cgroupdriver=cgroupfs &
  wait $!
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  own_engine_serve "$@"
fi
