#!/usr/bin/env bash
# Runs everything that wants a GPU, on a machine with one, from the folder that eng/gpu-payload.sh made. Goes on after
# failures and ends within its time, with the steps that are worth most first.
#
#   gpu-run.sh FOLDER [SECONDS [cuda|cpu [STEP ...]]]      300 s on the GPU; "cpu" tries the script where there is none
#
# FOLDER gets logs.tgz, with a log for each step, and summary.txt, which is also printed: how each step ended, then the
# figures. The exit status is 0 when all steps passed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
out="$(mkdir -p "${1:?usage: gpu-run.sh FOLDER [SECONDS [cuda|cpu [STEP ...]]]}" && cd "$1" && pwd)"
budget="${2:-300}" device="${3:-cuda}"
wanted=" ${*:4} "
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TENSORWASM_TEST_DEVICES="$device"
if [[ "$device" == cuda ]]; then class=Cuda; else class=Cpu; fi
bin="$PWD/bin"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
logs="$work/logs"
mkdir "$logs"
export XDG_CACHE_HOME="$work/cache"
results=() failures=0 number=0

# step NAME SECONDS COMMAND...: one step, with its limit, or with what is left of the whole time.
step() {
  local name="$1" limit="$2" left=$(( budget - SECONDS )) start status log
  shift 2
  [[ "$wanted" == "  " || "$wanted" == *" $name "* ]] || return 0
  printf -v log '%s/%02d-%s.txt' "$logs" "$(( ++number ))" "$name"
  if (( left < 5 )); then
    results+=("skipped     0 s  $name: no time left")
    (( ++failures ))
    return 0
  fi
  (( limit <= left )) || limit=$left
  start="$(date +%s.%N)"
  timeout --kill-after=3 "$limit" "$@" < /dev/null > "$log" 2>&1
  status=$?
  printf -v start '%5.1f' "$(echo "$(date +%s.%N) $start" | awk '{ print $1 - $2 }')"
  case $status in
    8) results+=("skipped  $start s  $name: no test was run"); (( ++failures )) ;;
    0) results+=("ok       $start s  $name$(counts "$log")") ;;
    124 | 137) results+=("too long $start s  $name: stopped after $limit s$(counts "$log")"); (( ++failures )) ;;
    *) results+=("FAILED   $start s  $name: status $status$(counts "$log")"); (( ++failures )) ;;
  esac
}

# What a test program says at its end.
counts() {
  sed -n -E 's/^ +(total|failed|succeeded|skipped): ([0-9]+)$/\1 \2/p' "$1" | awk 'BEGIN { ORS = "" } { print (NR == 1 ? ": " : ", ") $0 }'
}

samples() {
  local failed=0 guest name start
  for guest in samples/*/guest.wasm; do
    name="$(basename "$(dirname "$guest")")"
    start="$(date +%s.%N)"
    (cd "$logs" && "$bin/tensorwasm" run --gpu "$device" --dir .::. --timeout 60s "$OLDPWD/$guest") || { failed=1; echo "FAILED: $name"; }
    echo "$name: $(echo "$(date +%s.%N) $start" | awk '{ printf "%.2f", $1 - $2 }') s, start of the process included"
  done
  return $failed
}
export -f samples
export bin logs work device

# The yardstick in C before and after, since clocks of processors and GPUs move.
launches() {
  cc -O2 launch.c -o "$work/launch" -I/usr/local/cuda/include -L/usr/local/cuda/lib64/stubs -lcuda || return 1
  local failed=0 section
  "$work/launch" || failed=1
  for section in guest launches; do
    "$bin/TensorWasm.Gpu.Bench" --cuda --samples samples "$section" || failed=1
    "$work/launch" || failed=1
  done
  return $failed
}
export -f launches

# suites PROGRAM CLASS [PROGRAM CLASS ...]: all of them, whatever fails.
suites() {
  local failed=0
  for (( ; $# > 1; )); do
    "$bin/$1" --filter-class "$2" --output detailed --no-progress || failed=1
    shift 2
  done
  return $failed
}
export -f suites

# Two GPUs in one process, and all samples on the second one.
several() {
  local failed=0
  "$bin/tensorwasm" devices
  suites TensorWasm.Gpu.Tests '*CudaSeveralTests' TensorWasm.Server.Tests '*SeveralDevicesTests' || failed=1
  if [[ "$device" == cuda ]]; then device=cuda:1 samples || failed=1; fi
  return $failed
}
export -f several

bench() { step "$1" "$2" "$bin/TensorWasm.Gpu.Bench" --cuda --samples samples "$1"; }

attacks() { # NAME SECONDS FILTER...
  step "$1" "$2" env TENSORWASM_ATTACK_SECONDS=10 "$bin/TensorWasm.Gpu.Attacks" --filter-class "*$class*" "${@:3}" --output detailed
}

step devices 20 "$bin/tensorwasm" devices
step device-tests 60 "$bin/TensorWasm.Gpu.Tests" --filter-class "*$class*" \
  --filter-not-class '*CudaLossTests' '*CudaMemoryTests' '*CudaSeveralTests' --output detailed
step server 60 bash gpu-serve.sh "$bin/tensorwasm" "$device"
if [[ "$device" == cuda ]]; then
  step launches 60 bash -c launches
else
  step launches 30 "$bin/TensorWasm.Gpu.Bench" --cpu guest --samples samples
fi
# A device that fails, below its tenants and below a supervised server; one whose memory is used up in the middle of work.
step loss 150 bash -c "suites TensorWasm.Gpu.Tests '*CudaLossTests' TensorWasm.Server.Tests '*SupervisionTests'"
step memory 90 bash -c "suites TensorWasm.Gpu.Tests '*CudaMemoryTests' TensorWasm.Host.Tests '*FullDeviceTests'"
if [[ "$device" == cpu || "$(nvidia-smi -L | wc -l)" -gt 1 ]]; then step several 150 bash -c several; fi
attacks meetings 75 --filter-method '*Meetings_that*'
attacks matrices-warpgroup 30 --filter-method '*Matrices_of_a_warpgroup*'
attacks matrices-warp 30 --filter-method '*Matrices_of_a_warp_*'
if [[ "$device" == cuda ]]; then
  step samples-tests 60 "$bin/TensorWasm.Samples.Tests" --filter-method '*on_a_GPU*' --output detailed
else
  step samples-tests 90 "$bin/TensorWasm.Samples.Tests" --filter-class '*DeviceTests*' --output detailed
fi
step host-tests 60 "$bin/TensorWasm.Host.Tests" --filter-not-class '*FullDeviceTests' --output detailed
step samples 60 bash -c samples
attacks attacks 90 --filter-not-method '*Meetings_that*' --filter-not-method '*Matrices_of*' --filter-not-method '*Mutants*'
if [[ "$device" == cuda ]]; then
  bench fences 40
  step triton 90 python3 bench/triton/run.py "$bin/TensorWasm.Gpu.Bench" bench/triton/sm90
  # With the runtime as a server has it.
  DOTNET_TieredCompilation=1 DOTNET_TieredPGO=1 bench loads 40
  bench deadlines 20
  bench victim 40
  bench regions 40
fi
attacks mutants 30 --filter-method '*Mutants*'

{
  date -u '+%Y-%m-%d %H:%M UTC'
  uname -sr
  nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2> /dev/null
  printf '%s\n' "${results[@]}"
  echo "$(( number )) steps, $failures not passed, $SECONDS s of $budget"
  for log in "$logs"/*.txt; do
    grep -a -h -E -A 12 '^ *(failed |FAILED)' "$log" | cut -c 1-300 | head -n 25 | sed "s|^|$(basename "$log" .txt): |"
  done
  # Figures: what the tables say.
  grep -a -h -E '^(\||## |C: |Geometric|geometric)' "$logs"/*.txt | cut -c 1-220
} > "$out/summary.txt"
cp "$out/summary.txt" "$logs/"
tar czf "$out/logs.tgz" -C "$work" logs
head -c 11500 "$out/summary.txt"
(( failures == 0 ))
