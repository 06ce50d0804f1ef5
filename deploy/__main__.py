"""`python -m deploy` is the `headend` command."""

from deploy.command import main

main(prog_name="headend")
