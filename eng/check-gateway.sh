#!/usr/bin/env bash
# What the gateway has acknowledged is there after kill -9, with the real program and curl.
# Needs a build: TENSORWASM=path/to/tensorwasm, or the Release build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tensorwasm="${TENSORWASM:-src/TensorWasm.Cli/bin/Release/net10.0/tensorwasm}"
source eng/gateway.sh

start --gpu cpu
export TENSOR_WASM_SERVER="$address" TENSOR_WASM_TOKEN="$TENSOR_WASM_API_ADMIN_TOKEN"
expect "a tenant" "$("$tensorwasm" tenant create 7 --name acme --quota max_functions=100)" '"name":"acme"'
token="$("$tensorwasm" token create --tenants 7 --actions developer | member token)"
export TENSOR_WASM_TOKEN="$token"
id="$("$tensorwasm" deploy samples/fib/fib.wat | member id)"
expect "a call" "$("$tensorwasm" invoke "$id" --export fib --args '[30]')" '"result":[832040]'
"$tensorwasm" deploy --label model=textgen samples/wasm/textgen.wasm > /dev/null
post() { curl -sN "$address$1" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$2"; }
chat='{"model":"textgen","messages":[{"role":"user","content":"The engine "}],"max_tokens":20,"stream":true}'
expect "a chat" "$(post v1/chat/completions "$chat")" 'data: [DONE]'
job="$("$tensorwasm" invoke "$id" --export fib --args '[20]' --async | member job_id)"

kill -9 "$server"
wait "$server" 2> /dev/null || true
start --gpu cpu
export TENSOR_WASM_SERVER="$address"
expect "the function after kill -9" "$("$tensorwasm" invoke "$id" --export fib --args '[10]')" '"result":[55]'
expect "the job after kill -9" "$("$tensorwasm" jobs wait "$job")" '"result":[6765]'
expect "another token" "$(TENSOR_WASM_TOKEN=wrong "$tensorwasm" functions list 2>&1 || true)" 'unauthorized (401)'
stop
