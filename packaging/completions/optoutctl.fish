# Completion of optoutctl(1) for fish.
#
# Verbs and flags are asked of the program itself (--help), and so never differ from it. Senders, lists and
# keys are asked of Redis and of the files of keys, as the configuration says, and left out where that fails.

# The lines of a section of help, such as subcommands; CLI11 writes its title in one case or another.
function __optoutctl_section
    sed -n "/^$argv[1]:/I,/^[^ ]/s/^ \{2,12\}\([^ ].*\)/\1/p"
end

# The verb as far as it is typed: nothing, "check", "guard list".
function __optoutctl_verb
    set -l skip 0
    set -l verb
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word -c --config -o --output
            set skip 1
        else if not string match -q -- '-*' $word
            if test (count $verb) = 0; or begin; test (count $verb) = 1; and contains -- $verb[1] keys token guard; end
                set -a verb $word
            end
        end
    end
    printf '%s\n' $verb
end

function __optoutctl_is
    set -l verb (__optoutctl_verb)
    contains -- "$verb" $argv
end

function __optoutctl_verbs
    optoutctl (__optoutctl_verb) --help 2>/dev/null | __optoutctl_section subcommands | sed -E 's/  +/\t/'
end

function __optoutctl_flags
    optoutctl (__optoutctl_verb) --help 2>/dev/null | __optoutctl_section options |
        sed -nE 's/^(-[[:alpha:]],? *)?(--[[:lower:]-]+)( [^ ]+)*  +(.*)/\2\t\4/p'
end

# Whether the verb has this flag.
function __optoutctl_takes
    contains -- $argv[1] (__optoutctl_flags | cut -f 1)
end

# The first column of what a verb prints, with the configuration that was named before.
function __optoutctl_ask
    set -l words (commandline -opc)
    set -l config
    for i in (seq 2 (count $words))
        contains -- $words[$i] -c --config; and set config -c $words[(math $i + 1)]
    end
    optoutctl $config $argv -o tab 2>/dev/null | sed 1d | cut -f 1
end

complete -c optoutctl -f
complete -c optoutctl -n '__optoutctl_is "" keys token guard' -a '(__optoutctl_verbs)'
complete -c optoutctl -n 'string match -q -- "-*" (commandline -ct)' -a '(__optoutctl_flags)'
complete -c optoutctl -n '__optoutctl_is "guard show" "guard release" "guard allow"' -a '(__optoutctl_ask guard list)'
complete -c optoutctl -n '__optoutctl_is "keys retire"' -a '(__optoutctl_ask keys list)'
complete -c optoutctl -n '__optoutctl_is "guard simulate" "keys new" "keys list"' -F
complete -c optoutctl -s c -l config -r -F
complete -c optoutctl -n '__optoutctl_takes --message' -l message -r -F
complete -c optoutctl -s o -l output -x -a 'table json csv tab'
complete -c optoutctl -n '__optoutctl_takes --set' -l set -x -a 'global complaint bounce block'
complete -c optoutctl -n '__optoutctl_takes --source' -l source -x -a 'admin import reply page one_click complaint bounce'
complete -c optoutctl -n '__optoutctl_takes --purpose' -l purpose -x -a 'reply link'
complete -c optoutctl -n '__optoutctl_takes --list' -l list -x -a '(__optoutctl_ask lists)'
