"""Paths that routes take, with something in each of their places."""

import re

ID = "01936b5e-7c40-7cc3-98c4-dc0c0c07398f"


def path_of(rule: object) -> str:
    """A path that the route takes: a number for a position, an id for all else."""
    return re.sub(r"<(?:\w+:)?\w+>", ID, re.sub(r"<position:\w+>", "7", str(rule)))
