#!/usr/bin/env bash
# Build the image without a container engine and run it as it is meant to run: a user who is but a
# number, a root file system mounted read-only, no network. Needs root, buildah and debootstrap,
# Debian's packages; where they are absent it says so and ends well.
#
#     deploy/image_check.sh [WORKERS]
#
# Prints what the image adds to its base and the memory of each worker.
set -euo pipefail
cd "$(dirname "$0")/.."

workers=${1:-3}
base=localhost/news-digest-base
image=localhost/news-digest-check
work=${TMPDIR:-/tmp}/news-digest-image

skip() { echo "image-check skipped: $1"; exit 0; }
[ "$(id -u)" = 0 ] || skip "only root can make namespaces and mounts here"
for tool in buildah debootstrap unshare curl; do
  command -v "$tool" >/dev/null || skip "needs $tool, a package of Debian"
done

run_buildah() { buildah --storage-driver vfs "$@"; }

if [ "${2:-}" != inside ]; then
  mkdir -p "$work"
  if ! run_buildah inspect --type image "$base" >/dev/null 2>&1; then
    echo "making a base of Debian bookworm with its Python"
    debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates \
      bookworm "$work/root" >"$work/debootstrap.log"
    rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
    tar -C "$work/root" -cf "$work/base.tar" .
    printf 'FROM scratch\nADD base.tar /\n' >"$work/Containerfile"
    run_buildah bud --isolation chroot -q -t "$base" -f "$work/Containerfile" "$work" >/dev/null
    rm -rf "$work/root" "$work/base.tar"
  fi
  echo "building"
  # The builder's certificates, since the network of a builder may have its own.
  run_buildah bud --isolation chroot --network host --volume /etc/ssl/certs:/etc/ssl/certs:ro \
    --build-arg "BASE=$base" -q -t "$image" . >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }

  before=$(run_buildah from "$base") after=$(run_buildah from "$image")
  trap 'run_buildah rm "$before" "$after" >/dev/null' EXIT
  size() { du -sm --apparent-size "$1" | cut -f1; }
  root=$(run_buildah mount "$after")
  echo "the image adds $(($(size "$root") - $(size "$(run_buildah mount "$before")"))) MB to its base:"
  du -sm --apparent-size "$root"/opt/digest "$root"/srv/digest | sed "s#$root##; s/^/  /"
  ROOT=$root WORK=$work unshare --net --mount --pid --fork --kill-child --mount-proc \
    "$PWD/deploy/image_check.sh" "$workers" inside
  exit
fi

# In namespaces of their own: no network but loopback, and mounts that nobody else sees.
ip link set lo up
mount --bind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs tmpfs "$ROOT/dev"
for device in null urandom; do
  touch "$ROOT/dev/$device"
  mount --bind "/dev/$device" "$ROOT/dev/$device"
done
mkdir "$ROOT/dev/shm"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$ROOT/dev/shm"
mount -o remount,bind,ro "$ROOT"

# The Dockerfile's variables and command, read from it.
mapfile -t variables < <(sed -n '/^ENV /,/[^\\]$/p' Dockerfile | sed 's/^ENV //; s/\\$//' | tr ' ' '\n' |
  sed '/^$/d; s#\$PATH#/usr/bin:/bin#')
inside() {
  env -i "${variables[@]}" WEB_CONCURRENCY="$workers" DIGEST_DRAIN_SECONDS=0 \
    "$(command -v chroot)" --userspec="$(sed -n 's/^USER //p' Dockerfile)" "$ROOT" /bin/sh -c "cd /srv/digest && exec $1"
}
command=$(sed -n 's/^CMD \[\(.*\)\]$/\1/p' Dockerfile | tail -1 | sed 's/", "/" "/g')
health=$(sed -n 's/^    CMD \["python", "-c", "\(.*\)"\]$/\1/p' Dockerfile | sed 's/\\"/"/g')

began=$(date +%s%N)
inside "$command" >"$WORK/log" 2>&1 &
server=$!
for _ in $(seq 200); do
  curl -sf -o /dev/null http://127.0.0.1:8000/readyz && break
  sleep 0.05
done
curl -sf -o /dev/null http://127.0.0.1:8000/readyz || { cat "$WORK/log"; exit 1; }
echo "ready after $((($(date +%s%N) - began) / 1000000)) ms"

fail() { echo "image-check failed: $1"; cat "$WORK/log"; exit 1; }
for _ in $(seq 30); do
  curl -sf -o "$WORK/answer.json" http://127.0.0.1:8000/v1/digest -H 'Content-Type: application/json' \
    --data-binary @examples/two-articles.json || fail "no digest"
done
grep -q '"agreement":"conflict"' "$WORK/answer.json" || fail "no digest of the example"
variables+=("HEALTH=$health")
inside 'python -c "$HEALTH"' || fail "the health check does not pass"
for place in / /srv/digest /opt/digest /tmp; do
  if inside "touch $place/written" 2>/dev/null; then fail "$place can be written to"; fi
done
[ "$(ip -o link | wc -l)" = 1 ] || fail "there is a network"
echo "a digest is served to the network-less, user $(inside 'id -u'), root read-only; healthy"

master=$(cut -d ' ' -f 1 "/proc/$server/task/$server/children")
echo "memory, MB: resident, of which its own and no other process's"
for pid in $master $(cat "/proc/$master/task/$master/children"); do
  awk -v name="$([ "$pid" = "$master" ] && echo master || echo worker)" '
    /^Rss/ {rss = $2} /^Private/ {own += $2} END {printf "  %s %6.1f %6.1f\n", name, rss / 1024, own / 1024}' \
    "/proc/$pid/smaps_rollup"
done
kill -TERM "$master"
wait "$server" || fail "it did not end well"
echo "ended well after TERM"
