# Sourced, not run, with the command line's path in $tensorwasm: what scripts that drive a real gateway have in common.
# What it starts and makes is gone when the script ends.
work="$(mktemp -d)"
server=""
trap '[[ -z "$server" ]] || kill -9 "$server" 2> /dev/null || true; rm -rf "$work"' EXIT

# What a script prints must not carry tokens that are good for anything; this one ends with its server.
export TENSOR_WASM_API_ADMIN_TOKEN="admin-$RANDOM$RANDOM$RANDOM"

# start OPTION...: serves on a free port and waits until it does; its process is in $server, its URL in $address, its log
# in $work/log.
start() {
  : > "$work/log"
  "$tensorwasm" serve --addr 127.0.0.1:0 --data "$work/data" "$@" 2> "$work/log" &
  server=$!
  for _ in $(seq 600); do
    address="$(sed -n 's/.*"event":"Listening".*"Address":"\([^"]*\)".*/\1/p' "$work/log")"
    [[ -z "$address" ]] || return 0
    kill -0 "$server" 2> /dev/null || break
    sleep 0.1
  done
  echo "FAILED: the server does not listen:"
  cat "$work/log"
  exit 1
}

# stop: ends the server as an operator does; then its audit log must be whole.
stop() {
  kill -TERM "$server"
  wait "$server"
  server=""
  expect "the audit log is whole" "$("$tensorwasm" audit verify --data "$work/data")" '"is_whole":true'
}

# member NAME: a member, which is a string, of the JSON on standard input.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# expect WHAT TEXT PART: ends the script if the text does not have the part.
expect() {
  if [[ "$2" == *"$3"* ]]; then echo "ok: $1"
  else
    echo "FAILED: $1: no $3 in: ${2:0:2000}"
    tail -n 20 "$work/log"
    exit 1
  fi
}
