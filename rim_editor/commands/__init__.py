"""The command line: arguments in, calls of the other rooms, a line, JSON or a window out."""
