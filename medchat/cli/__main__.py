"""Run the command line with `python -m medchat.cli`."""

from medchat.cli.main import main

main()
