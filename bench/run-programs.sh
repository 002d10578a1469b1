#!/usr/bin/env bash
# bench/run-programs.sh [OPTION...]: installs what is missing, builds in Release, runs the programs suite; --help has the options.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
source "$root/eng/guest-paths.sh"
"$root/eng/guest-toolchain.sh"
# As it ships: compiled ahead of time.
dotnet publish --nologo -v quiet -c Release -r linux-x64 -o "$root/artifacts/tensorwasm" "$root/src/TensorWasm.Cli"
export TENSORWASM="$root/artifacts/tensorwasm/tensorwasm"
dotnet build --nologo -v quiet -c Release "$root/bench/TensorWasm.Bench"
exec "$root/bench/TensorWasm.Bench/bin/Release/net10.0/TensorWasm.Bench" programs "$@"
