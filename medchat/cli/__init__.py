"""The command line: one module per command group, with errors, output and progress."""
