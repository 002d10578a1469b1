#!/usr/bin/env bash
# bench/run-gateway.sh [OPTION...]: publishes the program, builds in Release, measures the gateway over loopback; --help has
# the options. Servers have one processor and the load generator another: what is compared is what the servers cost.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
dotnet publish --nologo -v quiet -c Release -r linux-x64 -o "$root/artifacts/tensorwasm" "$root/src/TensorWasm.Cli"
dotnet build --nologo -v quiet -c Release "$root/bench/TensorWasm.Server.Bench"
last=$(($(nproc) - 1))
exec taskset -c "$last" "$root/bench/TensorWasm.Server.Bench/bin/Release/net10.0/TensorWasm.Server.Bench" \
    --program "$root/artifacts/tensorwasm/tensorwasm" --server-processors 0 "$@"
