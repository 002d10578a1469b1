#!/usr/bin/env bash
# Builds every kernel in src/ to one small module: bench/kernels/build.sh [OUTPUT_FOLDER] (default: wasm/).
# The output depends on the sources and the compilers' versions only, so it can be compared byte for byte.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/../../eng/guest-paths.sh"
out="$(mkdir -p "${1:-$here/wasm}" && cd "${1:-$here/wasm}" && pwd)"
cd "$here/src"

for source in *.c; do
  features=(-mbulk-memory -mnontrapping-fptoint -msign-ext)
  # Scalar kernels stay scalar; the simd_ ones say what they want.
  [[ "$source" == simd_* ]] && features+=(-msimd128)
  "$GUEST_CLANG" --target=wasm32 -O3 -std=c17 -Wall -Werror -nostdlib "${features[@]}" \
    -Wl,--no-entry -Wl,--strip-debug -o "$out/${source%.c}.wasm" "$source"
done
for source in *.rs; do
  "$GUEST_RUSTC" --target wasm32-unknown-unknown --crate-type cdylib --edition 2021 -C opt-level=3 -C panic=abort \
    -C strip=debuginfo -C linker=wasm-ld-14 --remap-path-prefix "$PWD=." -o "$out/${source%.rs}.wasm" "$source"
done
for source in *.wat; do
  wat2wasm --enable-tail-call -o "$out/${source%.wat}.wasm" "$source"
done
