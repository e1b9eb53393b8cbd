#!/bin/bash
# deploy/docker and deploy/compose on a real engine: the image, one container that serves /data, and the
# cluster while a storage node is killed. The engine is the one that `docker` finds; where none runs, one
# of the test's own. Exit code 77: no engine can be started here, and the last line says why.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../../dev"          # say, fail, install_packages
source "$here/own_engine.sh"
source "$here/container_image.sh"

# All that this run makes on the engine has this name.
readonly project=trebolcomposetest$$
readonly image=$project-image base=$project-base
readonly services=(metadata storage-1 storage-2 storage-3 storage-4 gateway-1 gateway-2)
dir=$(mktemp -d /var/tmp/trebol-compose.XXXXXX)
engine_answers=
compose=()  # the command: `docker compose` or `docker-compose`
outside=()  # what runs a command where the published ports are
stage="preparing"

cannot() {
  echo "skipped: no engine can be started here: $*"
  exit 77
}

# --- beginning and end

firewall() {
  local tool
  for tool in iptables-save ip6tables-save; do
    # Without dates and counters.
    command -v "$tool" >/dev/null && "$tool" 2>/dev/null | sed -e '/^#/d' -e 's/\[[0-9]*:[0-9]*\]//'
  done
  command -v nft >/dev/null && nft list ruleset 2>/dev/null
  true
}

finish() {
  local code=$?
  trap '' INT TERM
  set +e
  if ((code != 0 && code != 77 && code != 130)); then
    echo "== it failed while $stage; the last words of the servers:" >&2
    ((${#compose[@]} > 0)) && timeout 60 "${compose[@]}" logs --tail 15 >&2
    [[ -n $engine_answers ]] && timeout 20 docker logs --tail 15 "$project-server" >&2
    [[ -s $dir/engine.log ]] && tail -n 5 "$dir/engine.log" >&2
  fi
  remove_all >/dev/null 2>&1
  own_engine_stop "$dir"
  for _ in {1..20}; do rm -rf "$dir" 2>/dev/null && break || sleep 0.5; done
  exit "$code"
}

# Ends what this test started on the engine.
remove_all() {
  [[ -n $engine_answers ]] || return 0
  ((${#compose[@]} > 0)) && timeout 120 "${compose[@]}" down --volumes --remove-orphans
  docker rm --force "$project-server"
  docker volume rm --force "$project-data"
  docker image rm --force "$image" "$base"
  return 0
}

# install_quietly PACKAGE…: nothing that comes along is started as a service of this machine.
install_quietly() (
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  install_packages "$@"
)

# What an engine of the test's own needs, unless it is here under any name.
install_engine() {
  local wanted=()
  command -v dockerd >/dev/null && command -v docker >/dev/null || wanted+=(docker.io)
  command -v iptables >/dev/null || wanted+=(iptables)
  command -v ip >/dev/null || wanted+=(iproute2)
  ((${#wanted[@]} == 0)) || install_quietly "${wanted[@]}"
}

find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
  else
    command -v docker-compose >/dev/null || install_quietly docker-compose
    compose=(docker-compose)
  fi
  compose+=(-f "$top/deploy/compose/compose.yaml")
}

choose_engine() {
  if timeout 10 docker version >/dev/null 2>&1; then
    say "using the engine that runs here"
    firewall >"$dir/firewall.before"
    # Its ports are shared with others.
    export GATEWAY_1_PORT=0 GATEWAY_1_ADMIN_PORT=0 GATEWAY_2_PORT=0 GATEWAY_2_ADMIN_PORT=0
    export GATEWAY_1_S3_PORT=0 GATEWAY_2_S3_PORT=0
  else
    say "starting an engine of the test's own"
    ((EUID == 0)) || cannot "none runs, and only root can start one"
    install_engine || cannot "its packages cannot be installed"
    firewall >"$dir/firewall.before"
    own_engine_start "$dir" || cannot "$own_engine_trouble"
    export DOCKER_HOST=unix://$dir/docker.sock
    outside=(nsenter --target "$own_engine_pid" --net --)
  fi
  engine_answers=yes
  export COMPOSE_IMAGE=$image COMPOSE_PROJECT_NAME=$project
  export AWS_ACCESS_KEY_ID=root-of-the-tests AWS_SECRET_ACCESS_KEY=secret-of-the-tests
  find_compose
}

# --- questions

# healthy CONTAINER…: waits until the engine's health check of each says so.
healthy() {
  local container state patience=$((SECONDS + 120))
  for container; do
    until state=$(docker inspect --format '{{.State.Health.Status}}' "$container" 2>&1) &&
      [[ $state == healthy ]]; do
      ((SECONDS < patience)) || fail "$container is '$state', not healthy, after 120 s"
      sleep 1
    done
  done
}

# confined CONTAINER: nobody special, on a root that cannot be written.
confined() {
  local status expected line
  status=$(docker exec "$1" cat /proc/1/status)
  expected=$'Uid:\t10001\t10001\t10001\t10001
Gid:\t10001\t10001\t10001\t10001
CapPrm:\t0000000000000000
CapEff:\t0000000000000000
CapBnd:\t0000000000000000
NoNewPrivs:\t1'
  while read -r line; do
    grep -qxF "$line" <<<"$status" || fail "process 1 of $1 has not '$line' but:
$status"
  done <<<"$expected"
  # It may not write most of it anyway; nobody may write any of it.
  docker exec "$1" grep -qE '^[^ ]+ / [^ ]+ ro,' /proc/mounts || fail "the root of $1 can be written"
}

# container SERVICE…: their names, which differ between the two kinds of compose.
container() {
  local service id
  for service; do
    id=$("${compose[@]}" ps -q "$service")
    docker inspect --format '{{slice .Name 1}}' "$id"
  done
}

# The gateway's port as published, which has to be on 127.0.0.1.
endpoint() {
  local published
  published=$("${compose[@]}" port "$1" "${2:-9100}")
  [[ $published =~ ^127\.0\.0\.1:[1-9][0-9]*$ ]] ||
    fail "$1 is published on '$published', not on 127.0.0.1"
  echo "$published"
}

# trebol ENDPOINT ARGUMENT…: the command line of this tree, from outside of the containers.
trebol() {
  timeout 120 "${outside[@]}" "$top/build/bin/trebol" "${@:2}" --endpoint "$1"
}

cluster_is() {
  local patience=$((SECONDS + 90)) health=
  until health=$(trebol "$1" cluster status --json 2>&1) && [[ $health == *"\"health\":\"$2\""* ]]; do
    ((SECONDS < patience)) || fail "the cluster is not $2 after 90 s, but: $health"
    sleep 1
  done
}

# same_through ENDPOINT BUCKET DIR: what is read back is DIR, byte by byte.
same_through() {
  rm -rf "$dir/back"
  trebol "$1" cp -r "trebol://$2/" "$dir/back/" >/dev/null
  diff -r "$3" "$dir/back" || fail "what $1 returns of $2 differs from what was stored, see above"
}

# --- the stories

make_files() {
  mkdir -p "$dir/files" "$dir/later"
  (cd "$top" && find . \( -name .git -o -path './build*' -o -path ./data -o -path ./cluster \) -prune \
    -o -type f -print0 | tar --null -T - -cf -) | tar -C "$dir/files" -xf -
  head -c 100M /dev/urandom >"$dir/files/large"
  cp -r "$top/docs" "$dir/later/docs"
  head -c 10M /dev/urandom >"$dir/later/large"
}

one_container_serves() {
  stage="one container serves /data" # as the README has it
  say "$stage"
  local name=$project-server published
  docker run --detach --name "$name" --read-only --cap-drop ALL --security-opt no-new-privileges \
    --env AWS_ACCESS_KEY_ID --env AWS_SECRET_ACCESS_KEY \
    --publish 127.0.0.1:0:9100 --volume "$project-data:/data" "$image" server /data >/dev/null
  healthy "$name"
  confined "$name"
  published=$(docker port "$name" 9100)
  trebol "$published" mb trebol://one
  trebol "$published" cp -r "$dir/later/" trebol://one/ >/dev/null
  docker rm --force "$name" >/dev/null
  docker run --detach --name "$name" --read-only --publish 127.0.0.1:0:9100 \
    --volume "$project-data:/data" "$image" server /data >/dev/null
  healthy "$name"
  same_through "$(docker port "$name" 9100)" one "$dir/later"
  docker stop --time 15 "$name" >/dev/null
  [[ $(docker inspect --format '{{.State.ExitCode}}' "$name") == 0 ]] ||
    fail "the server did not end well when it was stopped"
}

up() {
  timeout 180 "${compose[@]}" up --detach --no-build >"$dir/compose.log" 2>&1 ||
    fail "compose up failed:
$(tail -n 20 "$dir/compose.log")"
  mapfile -t containers < <(container "${services[@]}")
  ((${#containers[@]} == ${#services[@]})) || fail "not every service has a container: ${containers[*]}"
  healthy "${containers[@]}"
  first=$(endpoint gateway-1)
  second=$(endpoint gateway-2)
  cluster_is "$first" healthy
}

the_cluster_survives() {
  local name victim zones
  stage="the cluster comes up"
  say "$stage"
  up
  for name in "${containers[@]}"; do confined "$name"; done
  for name in gateway-1 gateway-2; do
    "${outside[@]}" "$top/build/bin/trebol" health "$(endpoint "$name" 9001)" >/dev/null
  done
  zones=$(trebol "$first" node ls --json | sed -n -E 's/.*"zone":"([^"]*)".*/\1/p' | sort | uniq -c |
    awk '{ printf "%s ", $1 }')
  [[ $zones == "2 1 1 " ]] || fail "the nodes of each zone are '$zones', not '2 1 1 '"

  stage="storing files"
  say "$stage ($(du -sh "$dir/files" | cut -f 1))"
  trebol "$first" mb trebol://files trebol://later
  trebol "$first" cp -r "$dir/files/" trebol://files/ >/dev/null

  stage="storage-2 is dead"
  say "$stage: reading everything, writing more"
  victim=$(container storage-2)
  docker kill --signal KILL "$victim" >/dev/null
  same_through "$first" files "$dir/files"
  same_through "$second" files "$dir/files"
  trebol "$second" cp -r "$dir/later/" trebol://later/ >/dev/null
  cluster_is "$second" degraded
  same_through "$first" later "$dir/later"
  [[ $(docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$victim") == "exited 137" ]] ||
    fail "storage-2 came back by itself: nothing was proven"

  stage="storage-2 comes back"
  say "$stage"
  docker start "$victim" >/dev/null
  healthy "${containers[@]}"
  cluster_is "$first" healthy
  same_through "$second" later "$dir/later"

  stage="everything comes back in new containers"
  say "$stage"
  timeout 120 "${compose[@]}" down >"$dir/compose.log" 2>&1
  up
  same_through "$first" files "$dir/files"
  same_through "$second" later "$dir/later"
}

main_of_test() {
  local left
  trap finish EXIT
  trap 'exit 130' INT TERM
  [[ -x $top/build/bin/trebol-storage ]] ||
    fail "build/bin is not complete; ./dev compose-test builds it and calls this test"
  choose_engine
  stage="building the image"
  build_image "$image"
  make_files
  one_container_serves
  the_cluster_survives

  stage="leaving"
  say "removing all of it"
  remove_all >"$dir/remove.log" 2>&1
  left=$(docker ps --all --quiet --filter "name=$project" && docker volume ls --quiet --filter "name=$project" &&
    docker network ls --quiet --filter "name=$project" && docker image ls --quiet "$project-*")
  [[ -z $left ]] || fail "not all of $project could be removed: $left
$(<"$dir/remove.log")"
  own_engine_stop "$dir"
  engine_answers=
  firewall >"$dir/firewall.after"
  diff "$dir/firewall.before" "$dir/firewall.after" ||
    fail "the machine's packet filter is not as it was, see above"
  say "compose-test passed in $SECONDS s"
}

main_of_test
