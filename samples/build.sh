#!/usr/bin/env bash
# Builds the samples that are written in C: samples/build.sh [OUTPUT_FOLDER] (default: wasm/).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/../eng/guest-paths.sh"
out="$(mkdir -p "${1:-$here/wasm}" && cd "${1:-$here/wasm}" && pwd)"

for name in hello mandelbrot; do
  cd "$here/$name"
  "$GUEST_CLANG" --target=wasm32-wasi --sysroot=/usr -isystem /usr/include/wasm32-wasi -L/usr/lib/wasm32-wasi \
    -O2 -std=c17 -Wall -Werror -Wl,--strip-debug -o "$out/$name.wasm" "$name.c"
done

# Models are libraries: they have exports and no main. Their weights are embedded, which C has since C23.
cd "$here/textgen"
"$GUEST_CLANG" --target=wasm32-wasi --sysroot=/usr -isystem /usr/include/wasm32-wasi -L/usr/lib/wasm32-wasi \
  -O3 -msimd128 -ffast-math -std=gnu23 -Wall -Werror -I../include -I../../src/TensorWasm.Host/Wit -nostartfiles \
  -Wl,--no-entry -Wl,--strip-debug -o "$out/textgen.wasm" textgen.c -lm
