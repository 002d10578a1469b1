#compdef tensorwasm
# zsh completion of tensorwasm; the program itself answers what fits.
_tensorwasm() {
  local line="${(j: :)words[1,CURRENT]}"
  local -a answers
  answers=(${(f)"$(${words[1]} "[suggest:${#line}]" "$line" 2>/dev/null)"})
  (( ${#answers} )) && compadd -a answers
  _files
}
if [ "$funcstack[1]" = "_tensorwasm" ]; then _tensorwasm "$@"; else compdef _tensorwasm tensorwasm; fi
