# The image that compose_test.sh tries; sourced by it, and uses its cannot, $top, $dir, $base
# and $outside.

# Prints the name of a base: Debian's own where a registry answers, else one made from what apt names.
# The engine of the test's own has no way to a registry.
base_image() {
  local debian=debian:bookworm-slim archive
  if docker image inspect "$debian" >/dev/null 2>&1 ||
    { ((${#outside[@]} == 0)) && timeout 120 docker pull "$debian" >/dev/null 2>&1; }; then
    echo "$debian"
    return
  fi
  # Kept beside the programs, until ./dev clean: the next run needs no network.
  archive=$top/build/compose-test/base-$(sha256sum <"$runtime_packages" | cut -c 1-12).tar
  [[ -f $archive ]] || make_base "$archive" >&2
  docker import "$archive" "$base" >/dev/null
  echo "$base"
}

readonly runtime_packages=$top/deploy/docker/runtime-packages

# make_base ARCHIVE: a small Debian 12 that has the runtime packages, from the mirror that apt uses here.
make_base() {
  local mirror
  say "no registry answers: making a base image with debootstrap"
  ((EUID == 0)) || fail "only root can make a base image; or load debian:bookworm-slim into the engine"
  install_packages debootstrap
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Origin: Debian' \
    'Codename: bookworm' 'Component: main' | head -n 1)
  [[ -n $mirror ]] || fail "apt names no mirror of Debian 12 (bookworm) here, which debootstrap needs;
  add one to apt's sources, or load debian:bookworm-slim into the engine"
  timeout 300 debootstrap --variant=minbase --include="$(paste -s -d , "$runtime_packages")" bookworm \
    "$dir/base" "$mirror" >"$dir/debootstrap.log" 2>&1 || fail "debootstrap failed:
$(tail -n 5 "$dir/debootstrap.log")"
  mkdir -p "$(dirname "$1")"
  tar -C "$dir/base" --one-file-system --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' \
    --exclude='./dev/*' -cf "$1.$$" .
  mv "$1.$$" "$1"
  rm -rf "$dir/base"
}

# build_image NAME: from build/bin; every program starts in it.
build_image() {
  local from program
  from=$(base_image)
  if ((${#outside[@]} > 0)) && ! docker run --rm "$from" true >"$dir/true.log" 2>&1; then
    cannot "it starts no container: $(tail -n 1 "$dir/true.log")"
  fi
  say "building the image on $from"
  timeout 300 docker build --build-arg "BASE=$from" --tag "$1" \
    --file "$top/deploy/docker/Dockerfile.prebuilt" "$top" >"$dir/build.log" 2>&1 ||
    fail "the image cannot be built:
$(tail -n 20 "$dir/build.log")"
  for program in trebol trebol-gateway trebol-metadata trebol-storage; do
    docker run --rm --network none --entrypoint "$program" "$1" --version >/dev/null ||
      fail "$program does not start in the image"
  done
}
