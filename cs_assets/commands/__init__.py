"""The command line, a file a command, and how its answers look on a terminal. Above all rooms."""
