# fish completion of tensorwasm; the program itself answers what fits.
function __tensorwasm_answers
  set -l program (commandline -opc)[1]
  $program "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null
end
complete -c tensorwasm -a "(__tensorwasm_answers)"
