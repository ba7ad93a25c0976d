"""The command line `exchange`: one command a file, each with `--json` and a documented exit status."""

from __future__ import annotations

import logging

import click

from exchange import logs
from exchange.cli.command import Main, answers
from exchange.collecting import collect_seldom, share_one_heap

# Named, not imported: nothing in `exchange` depends on `workers` (decision 0012).
_COMMANDS = {
    "beat": "workers.command:beat",
    "db": "exchange.cli.db:db",
    "demo": "exchange.cli.demo:demo",
    "export": "exchange.cli.export:export",
    "import": "exchange.cli.import_:import_",
    "jurisdiction": "exchange.cli.jurisdiction:jurisdiction",
    "key": "exchange.cli.key:key",
    "letters": "exchange.cli.letters:letters",
    "reconcile": "exchange.cli.reconcile:reconcile",
    "record": "exchange.cli.record:record",
    "replay": "exchange.cli.replay:replay",
    "scenario": "exchange.cli.scenario:scenario",
    "serve": "exchange.cli.serve:serve",
    "status": "exchange.cli.status:status",
    "version": "exchange.cli.version:version",
    "worker": "workers.command:worker",
}


@click.group(name="exchange", cls=Main, lazy=_COMMANDS, help="cli.exchange", no_args_is_help=True)
@answers
def main() -> None:
    """The exchange; each command says what it does by `--help`."""
    share_one_heap()
    collect_seldom()  # what a command loads stays, and looking through it took a sixth of the time to load it
    logs.set_up(for_machines=False, level=logging.WARNING)  # beside the answer, and without any values of variables
