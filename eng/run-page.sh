#!/usr/bin/env bash
# Does what a page says, as its reader would: its ```sh blocks in order, in one shell that begins in the repository, with
# a home of its own. What a ```text block shows must be in the output of the block before it, line by line and in order.
# Servers get a free port instead of 8080, so that nothing else on the machine is in the way. Needs a Release build.
#
# Usage: eng/run-page.sh docs/PAGE.md
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
page="$(realpath "$1")"
work="$(mktemp -d)"
step=0

finish() {
  local status=$?
  local server
  for server in $(jobs -p); do kill -9 "$server" 2> /dev/null || true; done
  if (( status != 0 )); then
    echo "FAILED: ${page##*/}, block $step:"
    cat "$work/$step.sh" "$work/$step.out" 2> /dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

port=$(( 20000 + RANDOM % 20000 ))
while (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do port=$(( port + 1 )); done
blocks="$(awk -v work="$work" -v address="127.0.0.1:$port" '
  /^```/ {
    kind = ""
    if (!inside && $0 == "```sh") { kind = "sh"; count++ }
    if (!inside && $0 == "```text") kind = "text"
    inside = !inside
    next
  }
  kind != "" { gsub(/127\.0\.0\.1:8080/, address); print > (work "/" count "." kind) }
  END { print count }' "$page")"
(( blocks > 0 ))

export NUGET_PACKAGES="${NUGET_PACKAGES:-$HOME/.nuget/packages}" DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-$HOME}"
export HOME="$work/home" PATH="$root/src/TensorWasm.Cli/bin/Release/net10.0:$PATH"
export TENSOR_WASM_API_LISTEN="127.0.0.1:$port" TENSOR_WASM_SERVER="http://127.0.0.1:$port"
mkdir "$HOME"
cd "$root"

for (( step = 1; step <= blocks; step++ )); do
  source "$work/$step.sh" > "$work/$step.out" 2>&1
  if [[ -f "$work/$step.text" ]]; then
    # Each line is looked for behind where the one before it was found.
    awk -v expected="$work/$step.text" '
      BEGIN { while ((getline line < expected) > 0) lines[++count] = line; at = 1 }
      at <= count && index($0, lines[at]) { at++ }
      END { if (at <= count) { print "not found: " lines[at] > "/dev/stderr"; exit 1 } }' "$work/$step.out"
  fi
  echo "ok: ${page##*/}, block $step of $blocks"
done
step=0
