"""`python -m exchange.cli`: the command, where no script of it is at hand."""

from __future__ import annotations

from exchange.cli import main

main()
