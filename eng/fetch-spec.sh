#!/usr/bin/env bash
# Fetches the WebAssembly specification's tests, at the commits this project is checked against, into a folder with the
# layout core/, legacy/ and threads/. Needs git and access to the two public repositories.
#
# Usage: eng/fetch-spec.sh [FOLDER]           default: ../shared/spec, beside the repository, where the tests look first
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out="${1:-$root/../shared/spec}"
spec_commit=285a903
threads_commit=979d0fc

if [[ -d "$out/core" && -d "$out/legacy" && -d "$out/threads" ]]; then
  echo "the specification's tests are in $out already"
  exit
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# An abbreviated commit can't be fetched by itself: all commits without their files, then the files of one.
fetch() {
  git clone --quiet --no-checkout --filter=blob:none "https://github.com/WebAssembly/$1" "$work/$1"
  git -C "$work/$1" checkout --quiet "$2"
}
fetch spec "$spec_commit"
fetch threads "$threads_commit"

mkdir -p "$out"
cp -r "$work/spec/test/core" "$out/core"
cp -r "$work/spec/test/legacy" "$out/legacy"
cp -r "$work/threads/test/core" "$out/threads"
cp "$work/spec/LICENSE" "$out/LICENSE"
echo "fetched the specification's tests into $out"
