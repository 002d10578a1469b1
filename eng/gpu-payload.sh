#!/bin/sh
# Builds what a GPU machine needs to check and measure the product, without .NET there: the command line, the device
# tests, the attack suite and the GPU benchmarks, self-contained for linux-x64 in one folder, with the samples beside them.
#
#   eng/gpu-payload.sh FOLDER      (docs/gpu-machine.md says what to run there)
set -eu
cd "$(dirname "$0")/.."
out=${1:?usage: eng/gpu-payload.sh FOLDER}
mkdir -p "$out"
out=$(cd "$out" && pwd)
for project in src/TensorWasm.Cli tests/TensorWasm.Gpu.Tests tests/TensorWasm.Gpu.Attacks bench/TensorWasm.Gpu.Bench; do
    dotnet publish "$project" -c Release -r linux-x64 --self-contained -o "$out/bin" -p:DebugType=none -v quiet
done
rm -rf "$out/samples"
mkdir "$out/samples"
cp -r samples/*/ "$out/samples/"
rm -rf "$out/samples"/*/target
cp bench/TensorWasm.Gpu.Bench/native/launch.c "$out/"
du -sh "$out"
