#!/usr/bin/env bash
# Builds the guest programs in src/: tests/guests/build.sh [OUTPUT_FOLDER] (default: wasm/).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/../../eng/guest-paths.sh"
out="$(mkdir -p "${1:-$here/wasm}" && cd "${1:-$here/wasm}" && pwd)"
cd "$here/src"

for source in *.c; do
  "$GUEST_CLANG" --target=wasm32-wasi --sysroot=/usr -isystem /usr/include/wasm32-wasi -L/usr/lib/wasm32-wasi \
    -O2 -std=gnu17 -Wall -Werror -Wl,--strip-debug -o "$out/${source%.c}.wasm" "$source"
done
for source in *.rs; do
  "$GUEST_RUSTC" --target wasm32-wasi --edition 2021 -C opt-level=2 -C strip=debuginfo -C linker=wasm-ld-14 \
    --remap-path-prefix "$PWD=." -o "$out/${source%.rs}.wasm" "$source"
done
