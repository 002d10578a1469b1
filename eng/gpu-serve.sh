#!/usr/bin/env bash
# Drives the real gateway with guests that launch kernels, by curl, and prints what was asked and answered: two tenants,
# calls alone and at once, a job, a model, accounts, metrics, a server that is killed below its supervisor, the audit log.
#
#   eng/gpu-serve.sh TENSORWASM [cuda|cpu]      TENSORWASM is the command line; fails at the first answer that is not right
set -euo pipefail
tensorwasm="$(realpath "${1:?usage: gpu-serve.sh TENSORWASM [cuda|cpu]}")"
device="${2:-cuda}"
# On a GPU machine it stands beside the samples.
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./gateway.sh
[[ -d samples ]] || cd ..
admin="$TENSOR_WASM_API_ADMIN_TOKEN"
export TENSOR_WASM_API_METRICS_TENANTS=10

# ask TOKEN METHOD PATH [BODY] [HEADER]: one request; the answer is in $answer, and what matters is printed.
ask() {
  local options=(-sN --max-time 60 -X "$2" -H "Authorization: Bearer $1" -H 'Content-Type: application/json')
  [[ -z "${4:-}" ]] || options+=(-d "$4")
  [[ -z "${5:-}" ]] || options+=(-H "$5")
  echo "> $2 $3 ${4:-}"
  answer="$(curl "${options[@]}" "$address$3")"
  echo "< ${answer:0:1500}"
}

deploy() {
  printf '{"name":"%s","wasm_b64":"%s","settings":{"labels":{%s}}}' "$2" "$(base64 -w 0 "$3")" "${4:-}" > "$work/body"
  echo "> POST functions ($3)"
  answer="$(curl -s --max-time 60 -H "Authorization: Bearer $1" -H 'Content-Type: application/json' --data-binary "@$work/body" \
    "${address}functions")"
  echo "< ${answer:0:300}"
  id="$(member id <<< "$answer")"
}

"$tensorwasm" devices
start --gpu "$device" --supervise

for tenant in 7 8; do
  ask "$admin" POST admin/tenants "{\"id\":$tenant,\"name\":\"tenant$tenant\"}"
  answer="$(curl -s -H "Authorization: Bearer $admin" -H 'Content-Type: application/json' \
    -d "{\"tenants\":[$tenant],\"actions\":[\"developer\"]}" "${address}admin/tokens")"
  tokens[tenant]="$(member token <<< "$answer")"
  [[ -n "${tokens[tenant]}" ]] || { echo "FAILED: no token: $answer"; exit 1; }
done

deploy "${tokens[7]}" saxpy samples/saxpy/guest.wasm
saxpy="$id"
deploy "${tokens[8]}" matmul samples/matmul-mma/guest.wasm
matmul="$id"
deploy "${tokens[7]}" textgen samples/wasm/textgen.wasm '"model":"textgen"'

ask "${tokens[7]}" POST "functions/$saxpy/invoke" '{}'
expect "tenant 7 launches saxpy, and finds it right" "$answer" '"result":"ok"'
ask "${tokens[8]}" POST "functions/$matmul/invoke" '{}'
expect "tenant 8 launches a matrix product on tensor cores, and finds it right" "$answer" '"result":"ok"'
ask "${tokens[8]}" POST "functions/$saxpy/invoke" '{}'
expect "tenant 8 does not see tenant 7's function" "$answer" 'not_found'

echo "> 24 calls of both, 8 at once"
for i in $(seq 12); do echo "${tokens[7]} $saxpy"; echo "${tokens[8]} $matmul"; done \
  | xargs -P 8 -L 1 sh -c 'curl -s --max-time 60 -X POST -H "Authorization: Bearer $1" -H "Content-Type: application/json" \
    -d "{}" "$0functions/$2/invoke"; echo' "$address" > "$work/many"
grep -v '"result":"ok"' "$work/many" | cut -c 1-500 || true
expect "all are right" "$(grep -o '"result":"ok"' "$work/many" | wc -l)" 24

ask "${tokens[7]}" POST "functions/$saxpy/invoke-async" '{}' 'Idempotency-Key: one'
job="$(member job_id <<< "$answer")"
ask "${tokens[7]}" POST "functions/$saxpy/invoke-async" '{}' 'Idempotency-Key: one'
expect "the same key, the same job" "$answer" "$job"
for _ in $(seq 100); do
  ask "${tokens[7]}" GET "jobs/$job" > "$work/job"
  [[ "$answer" == *'"status":"completed"'* ]] && break
  sleep 0.1
done
cat "$work/job"
expect "the job is done" "$answer" '"status":"completed"'

# What OpenAI's client sends.
chat='{"model":"textgen","messages":[{"role":"system","content":"You write documentation."},{"role":"user","content":"The engine "}],"max_completion_tokens":40'
ask "${tokens[7]}" POST v1/chat/completions "$chat}"
expect "a chat" "$answer" '"object":"chat.completion"'
ask "${tokens[7]}" POST v1/chat/completions "$chat,\"stream\":true,\"stream_options\":{\"include_usage\":true}}" 'Accept: text/event-stream'
expect "a chat that streams" "$answer" 'data: [DONE]'
expect "with its usage" "$answer" '"total_tokens":'

for tenant in 7 8; do
  ask "${tokens[tenant]}" GET usage
  launches="$(sed -n 's/.*"since_start":{[^}]*"launches":\([0-9]*\).*/\1/p' <<< "$answer")"
  seconds="$(sed -n 's/.*"since_start":{[^}]*"gpu_seconds":\([0-9.eE-]*\).*/\1/p' <<< "$answer")"
  echo "tenant $tenant: $launches launches, $seconds s on the device"
  (( launches >= 13 )) || { echo "FAILED: launches of tenant $tenant"; exit 1; }
  awk "BEGIN { exit !($seconds > 0) }" || { echo "FAILED: device time of tenant $tenant"; exit 1; }
done
answer="$(curl -s -H "Authorization: Bearer $admin" "${address}metrics")"
grep -E '^tensor_wasm_(kernel_dispatches|tenant_gpu|gpu_memory|http_requests_total)' <<< "$answer"
expect "metrics tell each tenant's device time" "$answer" 'tensor_wasm_tenant_gpu_time'

echo "> kill -9 of the server, below its supervisor"
kill -9 "$(sed -n 's/.*"ProcessId":"*\([0-9]*\).*/\1/p' "$work/log" | tail -n 1)"
ask "${tokens[7]}" POST "functions/$saxpy/invoke" '{}'
expect "the next server has opened the device, and the function is there" "$answer" '"result":"ok"'
answer="$(curl -s -H "Authorization: Bearer $admin" "${address}metrics" | grep '^tensor_wasm_server_restarts')"
echo "$answer"
expect "the restart is counted" "$answer" 'reason="killed"} 1'

stop
echo "the server's log:"
cut -c 1-400 "$work/log"
