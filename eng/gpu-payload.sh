#!/bin/sh
# Builds what a GPU machine needs to check and measure the product, without .NET there: the command line, the tests of
# devices, host, server and samples, the attack suite and the GPU benchmarks, self-contained for linux-x64 in one folder of
# programs, beside the files of the repository that they read, at their places in it.
#
#   eng/gpu-payload.sh FOLDER      (docs/gpu-machine.md says what to run there)
set -eu
cd "$(dirname "$0")/.."
out=${1:?usage: eng/gpu-payload.sh FOLDER}
mkdir -p "$out"
out=$(cd "$out" && pwd)
# Compiled ahead of time, code would stay as that compiler made it: the benchmarks switch tiers off.
for project in src/TensorWasm.Cli tests/TensorWasm.Gpu.Tests tests/TensorWasm.Host.Tests tests/TensorWasm.Samples.Tests \
    tests/TensorWasm.Server.LossWorker tests/TensorWasm.Server.Tests tests/TensorWasm.Gpu.Attacks bench/TensorWasm.Gpu.Bench; do
    dotnet publish "$project" -c Release -r linux-x64 --self-contained -o "$out/bin" -v quiet \
        -p:DebugType=none -p:PublishReadyToRun=false
done
# Of a test framework in many languages, and for other systems.
rm -f "$out"/bin/*.pdb "$out"/bin/*.xml

for path in TensorWasm.slnx samples docs src/TensorWasm.Host/Wit src/TensorWasm.Host/Gpu \
    src/TensorWasm.Host/Telemetry bench/triton; do
    rm -rf "${out:?}/$path"
    mkdir -p "$out/$(dirname "$path")"
    cp -r "$path" "$out/$path"
done
rm -rf "$out"/samples/*/target "$out"/samples/embedding "$out"/samples/rust
cp bench/TensorWasm.Gpu.Bench/native/launch.c eng/gpu-run.sh eng/gpu-serve.sh eng/gateway.sh "$out/"
du -sh "$out"
