#!/usr/bin/env bash
# Installs what builds guest programs and what tests and benchmarks run against: Debian's clang and rustc for
# WebAssembly, wabt, the newest Node, WebAssembly builds of CPython, QuickJS and SQLite (npm), and PostgreSQL, of which
# the tests start a server of their own; and what the pages' commands use beside (curl, jq, openssl).
# Idempotent, and quick when everything is present. Needs root only when a Debian package is missing.
#
# Usage: eng/guest-toolchain.sh [--check]     --check installs nothing; exit status 1 when something is missing
# Where things are afterwards: `source eng/guest-paths.sh`.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
source "$root/eng/guest-paths.sh"
check=false
[[ "${1:-}" == "--check" ]] && check=true

# Pinned to the names that carry a version where Debian has one: committed guests are compared byte for byte.
packages=(clang-19 lld-19 lld-14 libclang-rt-19-dev-wasm32 wasi-libc rustc libstd-rust-dev-wasm32 wabt
          sqlite3 python3 libpython3.11-testsuite unzip postgresql-15 curl jq openssl)
missing=()
for package in "${packages[@]}"; do
  [[ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" == "install ok installed" ]] || missing+=("$package")
done

npm_stale=false
npm_stamp="$GUEST_NPM/node_modules/.installed-for"
npm_key="$(sha256sum < "$GUEST_NPM/package-lock.json")"
[[ -f "$npm_stamp" && "$(< "$npm_stamp")" == "$npm_key" ]] || npm_stale=true

if $check; then
  (( ${#missing[@]} == 0 )) || echo "missing Debian packages: ${missing[*]}"
  $npm_stale && echo "missing npm packages of $GUEST_NPM"
  (( ${#missing[@]} == 0 )) && ! $npm_stale
  exit
fi

if (( ${#missing[@]} > 0 )); then
  as_root=()
  (( EUID == 0 )) || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
fi

if $npm_stale; then
  # No package here needs its install scripts; a newer Node than the one that runs npm is what we come for.
  npm ci --prefix "$GUEST_NPM" --ignore-scripts --no-audit --no-fund --loglevel=error
  printf '%s' "$npm_key" > "$npm_stamp"
fi

# CPython's standard library as a folder, for hosts that mount it (the module also carries its own copy).
if [[ ! -f "$GUEST_PYTHON_ROOT/.complete" ]]; then
  rm -rf "$GUEST_PYTHON_ROOT"
  mkdir -p "$GUEST_PYTHON_ROOT"
  tar -xzf "$GUEST_PROGRAMS/python-3.11.3.tar.gz" -C "$GUEST_PYTHON_ROOT"
  touch "$GUEST_PYTHON_ROOT/.complete"
fi

# CPython's own tests, which the module leaves out, as the package `test` in a folder of its own.
if [[ ! -f "$GUEST_PYTHON_ROOT/tests/.complete" ]]; then
  mkdir -p "$GUEST_PYTHON_ROOT/tests"
  cp -r /usr/lib/python3.11/test "$GUEST_PYTHON_ROOT/tests/"
  find "$GUEST_PYTHON_ROOT/tests" -name __pycache__ -prune -exec rm -rf {} +
  touch "$GUEST_PYTHON_ROOT/tests/.complete"
fi
