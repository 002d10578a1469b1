#!/usr/bin/env bash
# bench/run-boundary.sh [OPTION...]: installs what is missing, builds in Release, runs the boundary suite; --help has the options.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
source "$root/eng/guest-paths.sh"
"$root/eng/guest-toolchain.sh"
dotnet build --nologo -v quiet -c Release "$root/bench/TensorWasm.Bench"
exec "$root/bench/TensorWasm.Bench/bin/Release/net10.0/TensorWasm.Bench" boundary "$@"
