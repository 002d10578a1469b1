#!/usr/bin/env bash
# Proves that the committed guest binaries are what their sources compile to: builds them again and compares bytes.
# With other compiler versions than the ones that made them, bytes may differ for no fault: says so and compares nothing,
# but fails when the environment variable CI is true.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
source "$root/eng/guest-paths.sh"

found="$("$GUEST_CLANG" --version 2> /dev/null | head -n 1) / $("$GUEST_RUSTC" --version 2> /dev/null)"
expected="$(< "$root/eng/guest-compilers.txt")"
if [[ "$found" != "$expected" ]]; then
  echo "not compared: the committed guests were made by '$expected', here is '$found'"
  [[ "${CI:-}" != "true" ]]
  exit
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for folder in bench/kernels tests/guests samples; do
  "$root/$folder/build.sh" "$work/$folder"
  diff -r --brief "$root/$folder/wasm" "$work/$folder"
done
"$root/samples/build-gpu.sh" "$work/gpu"
for file in $(cd "$work/gpu" && find . -type f); do
  cmp "$root/samples/$file" "$work/gpu/$file"
done
