# Completion of optout-milter(8) for bash.
_optout_milter() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  case $prev in
    -*c | -*p)
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      compopt -o filenames 2> /dev/null
      ;;
    *) mapfile -t COMPREPLY < <(compgen -W '-c -f -h -p -t -T -v -V' -- "$cur") ;;
  esac
}
complete -F _optout_milter optout-milter
