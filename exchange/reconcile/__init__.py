"""The four checks: what both sides hold is equal (DESIGN.md section 5, "Equal")."""

from exchange.reconcile.between import Between, between, everywhere
from exchange.reconcile.checks import checks
from exchange.reconcile.finding import Checked, Difference
from exchange.reconcile.repair import forget_digests, repair, repair_everybody
from exchange.reconcile.reporting import Report, keep, latest, report, size_of_log, stepwise, under_way

__all__ = [
    "Between",
    "Checked",
    "Difference",
    "Report",
    "between",
    "checks",
    "everywhere",
    "forget_digests",
    "keep",
    "latest",
    "repair",
    "repair_everybody",
    "report",
    "size_of_log",
    "stepwise",
    "under_way",
]
