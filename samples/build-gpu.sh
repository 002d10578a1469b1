#!/usr/bin/env bash
# Builds the GPU samples: samples/build-gpu.sh [OUTPUT_FOLDER] (default: here). In each sample's folder, kernel.cu
# becomes kernel.ptx, and guest.c or guest.rs becomes guest.wasm, which carries its kernel's PTX.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/../eng/guest-paths.sh"
out="$(mkdir -p "${1:-$here}" && cd "${1:-$here}" && pwd)"
cd "$here"

for kernel in */kernel.cu; do
  folder="$(dirname "$kernel")"
  mkdir -p "$out/$folder"
  # Without the CUDA toolkit: include/kernel.cuh stands for its headers. All drivers that know sm_80 read PTX 7.0. What
  # is multiplied and added at once is decided here (by default the driver does), so that all devices round alike.
  "$GUEST_CLANG" -x cuda --cuda-device-only --cuda-gpu-arch=sm_80 --cuda-feature=+ptx70 -nocudainc -nocudalib \
    -ffp-contract=on -O3 -std=c++20 -Wall -Werror -Iinclude -S -o "$out/$kernel.tmp" "$kernel"
  mv "$out/$kernel.tmp" "$out/$folder/kernel.ptx"
done

for source in */guest.c; do
  "$GUEST_CLANG" --target=wasm32-wasi --sysroot=/usr -isystem /usr/include/wasm32-wasi -L/usr/lib/wasm32-wasi \
    -O2 -std=c23 -Wall -Wextra -Werror -Iinclude -I../src/TensorWasm.Host/Wit -Wl,--strip-debug \
    -o "$out/$(dirname "$source")/guest.wasm" "$source"
done

library="$(mktemp -d)"
trap 'rm -rf "$library"' EXIT
rust=("$GUEST_RUSTC" --target wasm32-wasi --edition 2021 -D warnings -C opt-level=s -C codegen-units=1 -C strip=symbols
      -C linker=wasm-ld-14 --remap-path-prefix "$PWD=.")
"${rust[@]}" --crate-type rlib --crate-name tensorwasm -o "$library/libtensorwasm.rlib" rust/tensorwasm/src/lib.rs
for source in */guest.rs; do
  mkdir -p "$out/$(dirname "$source")"
  "${rust[@]}" -C lto=fat --extern tensorwasm="$library/libtensorwasm.rlib" \
    -o "$out/$(dirname "$source")/guest.wasm" "$source"
done
