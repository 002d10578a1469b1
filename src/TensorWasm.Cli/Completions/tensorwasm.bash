# bash completion of tensorwasm; the program itself answers what fits.
_tensorwasm() {
  local word="${COMP_WORDS[COMP_CWORD]}" line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word")
}
complete -o bashdefault -o default -F _tensorwasm tensorwasm
