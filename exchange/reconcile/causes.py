"""From what the checks find to what is wrong: a fault shows in more than one check, and counts once.

The rule is one question: would this finding still stand if that one were put right? What would not is a consequence.
It is asked of the evidence and not guessed from likeness, so that no second fault of the same person, office or event
can pass for an echo of the first: what stands after everything else was put right is a fault of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from exchange.reconcile.evidence import Account, Evidence
from exchange.reconcile.finding import Difference


def root_causes(evidence: Evidence) -> list[Difference]:
    """The faults of one dossier, each with what follows from it.

    First the ledger: of each telling there are two accounts, the teller's and the book's. Under the account under which
    the least else is wrong, whatever the other checks still find does not follow from the ledger's findings. Then the
    entitlement: what is still found after telling all that is due does not follow from its not having been told.
    """
    if not evidence.differences:
        return []
    ledger = [found for found in evidence.differences if found.check == "ledger"]
    mended = _mended(evidence, ledger) if ledger else evidence
    left = [found for found in mended.differences if found.check != "ledger"]
    owed = [found for found in left if found.check == "entitlement"]
    others = [found for found in left if found.check != "entitlement"]
    apart = _still(others, mended.after_telling()) if owed and others else others
    followed = [*_folded(ledger, _gone(evidence.differences, [*ledger, *left])), *_folded(owed, _gone(others, apart))]
    return [*followed, *apart]


def _mended(evidence: Evidence, ledger: Sequence[Difference]) -> Evidence:
    """The evidence under the accounts under which the least else is wrong.

    What one side alone has was told, for nothing is untold; unless less is wrong where the other side is believed.
    """
    accounts: list[Account] = ["held" if "delivered" in found.lacking else "told" for found in ledger]
    best = evidence.by(zip(ledger, accounts, strict=True))
    for at, account in enumerate(accounts):
        accounts[at] = "told" if account == "held" else "held"
        tried = evidence.by(zip(ledger, accounts, strict=True))
        if len(tried.differences) < len(best.differences):
            best = tried
        else:
            accounts[at] = account
    return best


def _folded(roots: Sequence[Difference], followed: Iterable[Difference]) -> list[Difference]:
    """The roots, each consequence under the one that it is nearest to."""
    under: list[list[Difference]] = [[] for _ in roots]
    for found in followed:
        under[max(range(len(roots)), key=lambda at: _nearness(roots[at], found))].append(found)
    return [msgspec.structs.replace(r, consequences=tuple(u)) for r, u in zip(roots, under, strict=True)]


def _nearness(root: Difference, found: Difference) -> tuple[bool, int]:
    """The same event first; then the offices that both name."""
    return found.event == root.event, len({found.office, found.other} & {root.office, root.other})


def _gone(before: Iterable[Difference], after: Iterable[Difference]) -> list[Difference]:
    stands = {_place(found) for found in after}
    return [found for found in before if _place(found) not in stands]


def _still(before: Iterable[Difference], after: Iterable[Difference]) -> list[Difference]:
    stands = {_place(found) for found in after}
    return [found for found in before if _place(found) in stands]


def _place(found: Difference) -> tuple[object, ...]:
    """Where it is found, whatever is lacking there: one place holds one fault."""
    return found.check, found.office, found.person, found.other, found.event
