#compdef tensorwasm
# zsh completion of tensorwasm; the program itself answers what fits.
_tensorwasm() {
  local -a answers
  answers=(${(f)"$(${words[1]} "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"})
  (( ${#answers} )) && compadd -a answers
  _files
}
if [ "$funcstack[1]" = "_tensorwasm" ]; then _tensorwasm "$@"; else compdef _tensorwasm tensorwasm; fi
