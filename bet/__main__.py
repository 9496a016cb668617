"""Run the command line as ``python -m bet``."""

from bet.cli import main

main(prog_name="bet")
