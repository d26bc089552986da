# Completion of optoutctl(1) for bash.
#
# Verbs and flags are asked of the program itself (--help), and so never differ from it. Senders, lists and
# keys are asked of Redis and of the files of keys, as the configuration says, and left out where that fails.

# The first words of the lines of a section of help, such as "Subcommands"; CLI11 writes it in one case or another.
_optoutctl_section() {
  sed -n "/^$1:/I,/^[^ ]/s/^ \{2,12\}\([^ ].*\)/\1/p"
}

_optoutctl() {
  local cur prev words cword
  _init_completion -n = 2> /dev/null || {
    words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=${words[cword]} prev=${words[cword - 1]}
  }

  # What stands before: the verb, and the configuration.
  local -a verb=() ask=(optoutctl)
  local i word takes='-c --config -o --output'
  local groups=' keys token guard '
  for ((i = 1; i < cword; i++)); do
    word=${words[i]}
    case $word in
      -c | --config) ask+=(-c "${words[i + 1]}") ;;
      --config=*) ask+=("$word") ;;
    esac
    if [[ " $takes " == *" $word "* ]]; then
      ((i++))
    elif [[ $word != -* ]]; then
      if ((${#verb[@]} == 0)); then
        verb=("$word")
      elif ((${#verb[@]} == 1)) && [[ $groups == *" ${verb[0]} "* ]]; then
        verb+=("$word")
      fi
    fi
  done

  case $prev in
    -c | --config | --message)
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      compopt -o filenames 2> /dev/null
      return
      ;;
    -o | --output) mapfile -t COMPREPLY < <(compgen -W 'table json csv tab' -- "$cur"); return ;;
    --set) mapfile -t COMPREPLY < <(compgen -W 'global complaint bounce block' -- "$cur"); return ;;
    --source)
      mapfile -t COMPREPLY < <(compgen -W 'admin import reply page one_click complaint bounce' -- "$cur")
      return
      ;;
    --purpose) mapfile -t COMPREPLY < <(compgen -W 'reply link' -- "$cur"); return ;;
    --list)
      mapfile -t COMPREPLY < <(compgen -W "$("${ask[@]}" lists -o tab 2> /dev/null | sed 1d | cut -f 1)" -- "$cur")
      return
      ;;
    -*) # A flag that takes something else: what stands behind it is not ours to know.
      if optoutctl "${verb[@]}" --help 2> /dev/null | _optoutctl_section options |
        grep -Eq -- "(^|[ ,])$prev [A-Z]"; then
        return
      fi
      ;;
  esac

  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(optoutctl "${verb[@]}" --help 2> /dev/null |
      _optoutctl_section options | grep -Eo -- '^(-[[:alpha:]],? *)?--[[:lower:]-]+' | grep -Eo -- '--[[:lower:]-]+')" -- "$cur")
    return
  fi

  case ${verb[*]} in
    '' | keys | token | guard)
      mapfile -t COMPREPLY < <(compgen -W "$(optoutctl "${verb[@]}" --help 2> /dev/null |
        _optoutctl_section subcommands | cut -d ' ' -f 1)" -- "$cur")
      ;;
    'guard show' | 'guard release' | 'guard allow')
      mapfile -t COMPREPLY < <(compgen -W "$("${ask[@]}" guard list -o tab 2> /dev/null | sed 1d | cut -f 1)" -- "$cur")
      __ltrim_colon_completions "$cur" 2> /dev/null
      ;;
    'keys retire')
      mapfile -t COMPREPLY < <(compgen -W "$("${ask[@]}" keys list -o tab 2> /dev/null | sed 1d | cut -f 1)" -- "$cur")
      ;;
    'guard simulate' | 'keys new' | 'keys list')
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      compopt -o filenames 2> /dev/null
      ;;
  esac
}
complete -F _optoutctl optoutctl
