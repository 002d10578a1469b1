#!/usr/bin/env bash
# Runs every sample as its first lines say and compares what it prints with expected.txt. Needs a Release build.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
tensorwasm="${TENSORWASM:-src/TensorWasm.Cli/bin/Release/net10.0/tensorwasm}"
status=0

expect() {
  local sample="$1"
  shift
  if diff <("$@" 2>&1 < /dev/null) "samples/$sample/expected.txt"; then echo "ok: $sample"
  else echo "FAILED: $sample: $*"; status=1
  fi
}

expect hello "$tensorwasm" run samples/wasm/hello.wasm Ada
expect mandelbrot "$tensorwasm" run samples/wasm/mandelbrot.wasm 72
expect fib "$tensorwasm" run --invoke fib samples/fib/fib.wat 30
expect vector-add "$tensorwasm" run --gpu auto samples/vector-add/guest.wasm
expect embedding dotnet samples/embedding/bin/Release/net10.0/TensorWasm.Samples.Embedding.dll
exit $status
