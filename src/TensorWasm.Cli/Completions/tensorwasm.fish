# fish completion of tensorwasm; the program itself answers what fits.
function __tensorwasm_answers
  set -l line (commandline -cp)
  set -l program (commandline -opc)[1]
  $program "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
end
complete -c tensorwasm -a "(__tensorwasm_answers)"
