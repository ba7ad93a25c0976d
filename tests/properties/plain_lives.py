"""Plain lives, nothing amended and nothing disputed: who must hear of each act, by a table written from CATALOGUE.md.

Nothing here asks the code that tells: roles are kept by hand, act for act, and every word of the table is typed.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin, Returned
from events.catalogue.person import Changed, Deceased, Protected, Registered, Unprotected
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, CaseRef, Other, StayKind, town
from events.envelope import Ref
from events.event import Event
from tests.properties.world import OFFICES, World

SPOUSES = OFFICES[4]  # keeps the other person and has nothing to do with this one
TOWNS = OFFICES[:4]
WHO = {"name": "甲", "born_on": "1990-01-01"}
#        keeper          open stays  place left    announced    past      family
TABLE = """
arrived  inflow ?        update      moved-on ?    withdrawn    -         family
further  inflow ?        update      -             -            -         -
returned -               update      moved-on ?    withdrawn    -         family
departed update          update      -             outflow ?    -         -
abroad   update          update      -             -            -         family
left     left            update      -             -            -         family
leftfor  left            update      -             outflow ?    -         family
within   update          -           -             -            -         -
main     update          update      moved-on ?    -            -         family
moved    registration ?  update      -             update       -         family
named    -               update      -             update       -         family
changed  -               update      -             update       -         -
shelter  update          update      -             update       update    family
tied     update          update      -             -            -         family
died     update          update      -             withdrawn    -         family
reported update ?        update      -             withdrawn    -         family
"""
ROLES = ("keeper", "open", "left", "announced", "past", "family")
# One office, one act, one person, one notification: kinds that expect a reply come first, then in this order (rule 2).
ORDER = """
reply registration inflow contested moved-on outflow enquiry request retraction correction matched withdrawn rejected
overdue escalated reminder left update family
""".split()  # noqa: SIM905 (as the text has it)


def _table() -> dict[str, dict[str, str]]:
    rows = (line.replace(" ?", "?").split() for line in TABLE.strip().splitlines())
    return {act: dict(zip(ROLES, cells, strict=True)) for act, *cells in rows}


ROWS = _table()


def first(kinds: list[str]) -> str:
    """Of several the one that is sent."""
    return min(kinds, key=lambda kind: (not kind.endswith("?"), ORDER.index(kind.rstrip("?"))))


class PlainLife:
    """One person in four towns, and who holds which role towards them."""

    def __init__(self, seed: int) -> None:
        self.world = World(seed, skew=False)
        self.random = random.Random(f"plain {seed}")
        self.home = TOWNS[0]
        self.stays: dict[str, Ref] = {}
        self.main: str | None = None
        self.past: set[str] = set()
        self.kept: set[str] = set()  # the registration before: protection holds there as well
        self.once: set[str] = set()  # announced to
        self.announced: dict[str, str] = {}  # town that waits -> who announced
        self.tied = self.dead = False
        self.sheltered: Ref | None = None
        self.asked: set[CaseRef] = set()
        self.number = 0
        self.faults: list[str] = []
        self.acts: list[str] = []
        self._does(self.home, Registered(basis="first_record", registration=town(self.home), particulars=WHO))

    def live(self, acts: int) -> list[str]:
        """So many acts, or until the person dies. What was told otherwise than the table says."""
        while len(self.acts) < acts and not self.dead and not self.faults:
            self.random.choice(self.ACTS)(self)
            holders = {self.home, *self.stays, *self.past, *self.kept, *self.announced}
            for office in holders:  # whoever begins to hold the person is "told in the same moment" (rule 8)
                if self.sheltered is not None and not self.world.book(office).holds(self.sheltered):
                    self.faults.append(f"{office} does not know of the protection")
        return [f"{fault} after {self.acts}" for fault in self.faults]

    def judged(self, act: str, author: str, fact: Fact, **roles: set[str]) -> Ref:
        """Do it, and compare what each office is told. `roles`: of the offices, where not as they stood before."""
        before = {
            "keeper": {self.home},
            "open": set(self.stays),
            "left": set[str](),
            "announced": set(self.announced),
            "past": self.past | self.kept,
            "family": {SPOUSES} if self.tied else set(),
        }
        due: dict[str, list[str]] = {}
        for role, offices in {**before, **roles}.items():
            for office in offices - {author}:
                if ROWS.get(act, {}).get(role, "-") != "-":
                    due.setdefault(office, []).append(ROWS[act][role])
        if "matched" in roles:
            due |= {
                office: ["matched"] for office in roles["matched"] - {author, self.home}
            }  # "the keeper is still asked"
        wanted = {office: first(kinds) for office, kinds in due.items()}
        self.once |= {*self.announced, *roles.get("announced", ())}
        ref, told = self._does(author, fact)
        self.acts.append(act)
        if act in {"arrived", "further"}:  # an office of once tells another what it takes for the end of their stays
            stale = {office for office in self.past - wanted.keys() if told.get(office) == "update"}
            told = {office: kind for office, kind in told.items() if office not in stale}
        if act == "shelter":  # who once expected the person may hold something, or nothing
            told = {office: kind for office, kind in told.items() if office in wanted or office not in self.once}
        if told != wanted:
            self.faults.append(f"{act} by {author}: told {told}, and not {wanted}")
        return ref

    def _does(self, author: str, fact: Fact) -> tuple[Ref, dict[str, str]]:
        self.number += 1
        event = self.world.author(author, "P1", self._day(), fact)
        told = self._recorded(event)
        asked = [d for d in self.world.said if d.act == event.frame.submission and d.asks]
        for case in [case for d in asked for case, _ in d.cases() if case.kind == d.kind]:
            # The person answers by coming; and who announced the arrival itself has answered already.
            seen = next(r.cases[case] for r in self.world.records(case.asked) if case in r.cases)
            if case.kind != "outflow" and seen.open:
                by_content = getattr(fact, "origin", None) == town(case.asked)
                asker = self.home if case.kind == "moved-on" and not by_content else author
                self._answers(Confirmed(case=case), asker)
        return event.ref, told

    def _answers(self, reply: Confirmed, asker: str) -> None:
        told = self._recorded(self.world.author(reply.case.asked, "P1", self._day(), reply))
        if told != {asker: "reply"}:
            self.faults.append(f"{reply.case.kind} answered by {reply.case.asked}: told {told}, and not {asker}")

    def _day(self) -> str:
        return f"2026-02-{self.number:02}"

    def _recorded(self, event: Event) -> dict[str, str]:
        """What each office is told of it: the first of all that the act brings it."""
        before = len(self.world.said)
        self.world.command(event)
        self.world.tick()
        self.world.drain()
        heard: dict[str, list[str]] = {}
        for delivery in self.world.said[before:]:
            if delivery.act == event.frame.submission and delivery.kind is not None:
                heard.setdefault(delivery.to, []).append(delivery.kind + ("?" if delivery.asks else ""))
            again = self.asked.intersection(case for case, _ in delivery.cases() if case.kind == delivery.kind)
            self.faults += [f"asked again: {case}" for case in again]
            self.asked |= {case for case, _ in delivery.cases()}
        return {office: first(kinds) for office, kinds in heard.items()}

    # what may happen; each changes the roles as the catalogue says

    def _arrives(self) -> None:
        free = [each for each in TOWNS if each not in self.stays and each != self.home]
        if not free:
            return
        waits = sorted(set(free) & set(self.announced))
        to = self.random.choice(waits if waits and self.random.random() < 0.6 else free)
        kind: StayKind = "main" if self.announced or self.main is None or self.random.random() < 0.7 else "further"
        fact = Arrived(kind=kind, registration=town(self.home), address="street", stated=WHO, opens=self._unknown(to))
        if kind == "further":
            self.stays[to] = self.judged("further", to, fact)
            return
        left = {self.main} if self.main is not None else set[str]()
        matched = {by for waits, by in self.announced.items() if waits == to}
        elsewhere = set(self.announced) - {to}
        ref = self.judged(
            "arrived", to, fact, open=set(self.stays) - left, left=left, announced=elsewhere, matched=matched
        )
        self.announced.clear()
        self._main_ends()
        self.stays[to], self.main = ref, to

    def _returns(self) -> None:
        if self.main == self.home or self.home in self.stays or not (self.main or self.announced):
            return
        left = {self.main} if self.main is not None else set[str]()
        matched = {by for waits, by in self.announced.items() if waits == self.home}
        elsewhere = set(self.announced) - {self.home}
        fact = Returned(address="home")
        ref = self.judged(
            "returned", self.home, fact, open=set(self.stays) - left, left=left, announced=elsewhere, matched=matched
        )
        self.announced.clear()
        self._main_ends()
        self.stays[self.home], self.main = ref, self.home

    def _departs(self) -> None:
        if self.main is None or self.announced:
            return
        by = self.main
        if self.random.random() < 0.3:
            self.judged("abroad", by, Departed(stay=self.stays[by], destination=ABROAD))
            self._main_ends()
            return
        free = [each for each in TOWNS if each not in self.stays and each != self.home]
        if free:
            to = self.random.choice(free)
            self.judged("departed", by, Departed(stay=self.stays[by], destination=town(to)), announced={to})
            self.announced[to] = by

    def _leaves(self) -> None:
        free = [each for each in TOWNS if each not in self.stays and each != self.home]
        if not self.stays or self.announced:
            return
        by = self.random.choice(sorted(self.stays))
        family = {} if by == self.main else {"family": set[str]()}
        if by == self.main and free and self.random.random() < 0.5:
            to = self.random.choice(free)
            self.judged("leftfor", by, Left(stay=self.stays[by], destination=town(to)), announced={to}, **family)
            self.announced[to] = by
        else:
            self.judged("left", by, Left(stay=self.stays[by]), **family)
        if by == self.main:
            self._main_ends()
        else:
            self.past.add(by)
            del self.stays[by]

    def _main_ends(self) -> None:
        if self.main is not None:
            self.past.add(self.main)
            del self.stays[self.main]
            self.main = None

    def _within(self) -> None:
        if self.stays:
            by = self.random.choice(sorted(self.stays))
            stay = self.stays[by]
            facts = (MovedWithin(stay=stay, address="lane"), Extended(stay=stay, stay_until="2027-01-01"))
            self.judged("within", by, self.random.choice(facts))

    def _becomes_main(self) -> None:
        further = sorted(set(self.stays) - {self.main})
        if further:
            by = self.random.choice(further)
            left = {self.main} - {self.home} if self.main is not None else set[str]()  # the keeper asks itself nothing
            self.judged("main", by, MainChanged(stay=self.stays[by]), left=left)
            self.main = by

    def _moves(self) -> None:
        """To somebody who knows the person, or to a stranger."""
        to = self.random.choice([each for each in TOWNS if each != self.home])
        self.judged(
            "moved", self.home, RegistrationChanged(from_=town(self.home), to=town(to), ground="moved"), keeper={to}
        )
        self.kept.add(self.home)
        self.home = to

    def _changes(self) -> None:
        name = self.random.random() < 0.5
        self.judged("named" if name else "changed", self.home, Changed(set={"name": "乙"} if name else {"sex": "F"}))

    def _shelters(self) -> None:
        by = self.random.choice(sorted({self.home, *self.stays}))
        lifted = Unprotected(ground="threat_over")
        said = self.judged("shelter", by, lifted if self.sheltered is not None else Protected(ground="threat"))
        self.sheltered = said if self.sheltered is None else None

    def _ties(self) -> None:
        other, family = Other(person="P2", at=SPOUSES), {SPOUSES}
        kind: Fact = TieBegan(tie="spouse", other=other, ground="marriage")
        if self.tied:
            kind = TieEnded(tie="spouse", other=other, ground="divorce")
        self.judged("tied", self.home, kind, family=family)
        self.tied = not self.tied

    def _dies(self) -> None:
        by = self.random.choice(sorted({self.home, *self.stays}))
        self.judged("died" if by == self.home else "reported", by, Deceased())
        self.dead = True

    def _unknown(self, office: str) -> bool:
        return self.world.record(office, "P1") is None

    ACTS: tuple[Callable[[PlainLife], None], ...] = (
        *(_arrives,) * 5, *(_departs, _leaves, _becomes_main, _shelters, _changes, _within) * 2,
        _returns, _moves, _ties, _dies,
    )  # fmt: skip
