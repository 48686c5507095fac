#!/bin/sh
# Build the image from the Dockerfile as it stands, and look inside: with Docker where an engine answers, otherwise with
# buildah on a base made of Debian's own packages (as root, on Debian 12; no engine and no registry needed).
#
#   docs/production/build_image.sh [NAME:TAG]      the default is hoert:local
#
# May be run again at any time: what is there is used. The folder for buildah is HOERT_IMAGE_STORE, by default
# ~/.cache/hoert-image; deleting it begins anew.
set -eu
here=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd)
tag=${1:-hoert:local}
version=$(git -C "$here" describe --tags --always --dirty 2>/dev/null || echo unreleased)
revision=$(git -C "$here" rev-parse HEAD 2>/dev/null || echo unknown)
# What must hold inside, whoever built it. Runs as the image's own user, without its entry point.
inside='
set -eu
[ "$(id -u):$(id -g)" = 10001:10001 ]                || { echo "not user 10001" >&2; exit 1; }
[ "$(stat -c "%a %u %g" /data)" = "700 10001 10001" ] || { echo "/data is not private" >&2; exit 1; }
[ -z "$(find /app /venv -writable ! -type l -print -quit)" ] || { echo "the program can change itself" >&2; exit 1; }
! python -m pip --version >/dev/null 2>&1             || { echo "pip came along" >&2; exit 1; }
[ ! -e /app/tests ] && [ ! -e /app/.git ]             || { echo "more than the program came along" >&2; exit 1; }
hoert --help >/dev/null
'

if docker info >/dev/null 2>&1; then
  docker build --tag "$tag" --build-arg VERSION="$version" --build-arg REVISION="$revision" "$here"
  docker run --rm --read-only --network none --entrypoint sh "$tag" -c "$inside"
  echo "built with docker: $tag"
  exit 0
fi

[ "$(id -u)" = 0 ] || { echo "No Docker engine answers; building without one needs root." >&2; exit 1; }
missing=""
for program in buildah debootstrap crun; do command -v $program >/dev/null || missing="$missing $program"; done
if [ -n "$missing" ]; then
  apt-get update -qq
  # shellcheck disable=SC2086 (one word per package)
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
store=${HOERT_IMAGE_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/hoert-image}
mkdir -p "$store"
export STORAGE_DRIVER=vfs
image() { buildah --root "$store/images" --runroot "$store/run" "$@"; }
base=docker.io/library/$(sed -n 's/^FROM \([^ ]*\) AS build$/\1/p' "$here/Dockerfile")

if ! image inspect --type image "$base" >/dev/null 2>&1; then
  if [ ! -e "$store/base.made" ]; then
    rm -rf "$store/base"
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$store/base" >"$store/base.log"
    ln -sf python3 "$store/base/usr/bin/python"
    rm -rf "$store/base/var/cache/apt" "$store/base/var/lib/apt/lists"
    touch "$store/base.made"
  fi
  work=$(image from scratch)
  image copy --quiet "$work" "$store/base/" / >/dev/null
  image commit --quiet --rm --format docker "$work" "$base" >/dev/null
fi

# The build may reach a package mirror through this machine's own settings; they are lent, and are not in the image.
lent=""
for path in /etc/ssl/certs /etc/pip.conf; do [ -e $path ] && lent="$lent --volume $path:$path:ro"; done
# shellcheck disable=SC2086 (several options)
image bud --quiet --pull-never --isolation chroot --network host --format docker $lent \
  --build-arg VERSION="$version" --build-arg REVISION="$revision" --tag "localhost/$tag" --file "$here/Dockerfile" "$here"
work=$(image from --pull-never "localhost/$tag")
trap 'image rm "$work" >/dev/null' EXIT
image run --isolation chroot "$work" -- sh -c "$inside"
echo "built with buildah: localhost/$tag (images in $store/images)"
