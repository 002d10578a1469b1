#!/usr/bin/env bash
# What the gateway has acknowledged is there after kill -9, with the real program and curl.
# Needs a build: TENSORWASM=path/to/tensorwasm, or the Release build.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
tensorwasm="${TENSORWASM:-src/TensorWasm.Cli/bin/Release/net10.0/tensorwasm}"
work="$(mktemp -d)"
server=""
trap '[[ -z "$server" ]] || kill -9 "$server" 2> /dev/null || true; rm -rf "$work"' EXIT

export TENSOR_WASM_API_ADMIN_TOKEN="admin-$RANDOM$RANDOM$RANDOM"

start() {
  : > "$work/log"
  "$tensorwasm" serve --addr 127.0.0.1:0 --data "$work/data" --gpu cpu 2> "$work/log" &
  server=$!
  for _ in $(seq 300); do
    grep -q '"event":"Listening"' "$work/log" && break
    kill -0 "$server" 2> /dev/null || { cat "$work/log"; exit 1; }
    sleep 0.2
  done
  TENSOR_WASM_SERVER="$(sed -n 's/.*"Address":"\([^"]*\)".*/\1/p' "$work/log")"
  export TENSOR_WASM_SERVER
}

# One member of a JSON object.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

expect() {
  if [[ "$2" == *"$3"* ]]; then echo "ok: $1"
  else
    echo "FAILED: $1: $2"
    exit 1
  fi
}

start
export TENSOR_WASM_TOKEN="$TENSOR_WASM_API_ADMIN_TOKEN"
expect "a tenant" "$("$tensorwasm" tenant create 7 --name acme --quota max_functions=100)" '"name":"acme"'
token="$("$tensorwasm" token create --tenants 7 --actions developer | member token)"
export TENSOR_WASM_TOKEN="$token"
id="$("$tensorwasm" deploy samples/fib/fib.wat | member id)"
expect "a call" "$("$tensorwasm" invoke "$id" --export fib --args '[30]')" '"result":[832040]'
"$tensorwasm" deploy --label model=textgen samples/wasm/textgen.wasm > /dev/null
post() { curl -sN "$TENSOR_WASM_SERVER$1" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$2"; }
chat='{"model":"textgen","messages":[{"role":"user","content":"The engine "}],"max_tokens":20,"stream":true}'
expect "a chat" "$(post v1/chat/completions "$chat")" 'data: [DONE]'
job="$("$tensorwasm" invoke "$id" --export fib --args '[20]' --async | member job_id)"

kill -9 "$server"
wait "$server" 2> /dev/null || true
start
expect "the function after kill -9" "$("$tensorwasm" invoke "$id" --export fib --args '[10]')" '"result":[55]'
expect "the job after kill -9" "$("$tensorwasm" jobs wait "$job")" '"result":[6765]'
expect "another token" "$(TENSOR_WASM_TOKEN=wrong "$tensorwasm" functions list 2>&1 || true)" 'unauthorized (401)'

kill -TERM "$server"
wait "$server"
server=""
expect "the audit log" "$("$tensorwasm" audit verify --data "$work/data")" '"is_whole":true'
