# Completion of optout-milter(8) for fish.
complete -c optout-milter -f
complete -c optout-milter -s c -r -F -d 'configuration'
complete -c optout-milter -s f -d 'stay in the foreground'
complete -c optout-milter -s h -d 'print the usage and exit'
complete -c optout-milter -s p -r -F -d 'write the process id there'
complete -c optout-milter -s t -d 'check the configuration and exit'
complete -c optout-milter -s T -d 'the same, and print the effective configuration'
complete -c optout-milter -s v -d 'log more'
complete -c optout-milter -s V -d 'print the version and exit'
