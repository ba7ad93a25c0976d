"""The four checks: what both sides hold is equal (DESIGN.md section 5, "Equal")."""

from exchange.reconcile.checks import checks
from exchange.reconcile.finding import Checked, Difference
from exchange.reconcile.repair import repair

__all__ = ["Checked", "Difference", "checks", "repair"]
