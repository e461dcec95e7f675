"""Run the command line with `python -m medchat.cli`."""

from medchat.cli.app import main

main()
