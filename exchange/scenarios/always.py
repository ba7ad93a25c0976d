"""What holds after every story, written nowhere in its file (SCENARIOS.md, "Matching", rule 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from exchange.scenarios.comparing import Difference
from exchange.scenarios.playing import Play
from exchange.scenarios.words import CASE_STATES


def always(play: Play) -> Iterator[Difference]:
    """Each breach, by the name of what was broken."""
    yield from _once(play)
    yield from _legal(play)
    yield from _checks(play)
    for record in play.ground.replayed():
        yield Difference("always.replay", "replay", "the stored record", record)
    yield from _stranger(play)


def _once(play: Play) -> Iterator[Difference]:
    told = Counter((each.to, each.about, each.act) for each in play.heard)
    for (to, about, _), count in told.items():
        if count > 1:
            yield Difference(
                "always.once", "told_twice", "one notification for one act", f"{to}: {count} about {sorted(about)}"
            )


def _legal(play: Play) -> Iterator[Difference]:
    for letter in play.letters:
        for row in play.offices.cases(play.binding.offices[letter]):
            if row["status"] not in CASE_STATES or (row["kind"] == "" or row["asked"] == row["asker"]):
                yield Difference("always.cases", "case", "a legal state", f"{letter}: {row['kind']} {row['status']}")


def _checks(play: Play) -> Iterator[Difference]:
    found = play.offices.node("checks")
    if found["equal"]:
        return
    for each in found.get("differences", ()):
        letters = [str(play.binding.letter_of(each.get(key))) for key in ("office", "other") if each.get(key)]
        lacking = ", ".join(map(str, each.get("lacking", ())))
        yield Difference("always.checks", str(each["check"]), "equal", f"{' / '.join(letters)}: {lacking}")


def _stranger(play: Play) -> Iterator[Difference]:
    stranger = play.binding.stranger
    if stranger is None:
        return
    persons = {told.person for told in play.ledger.all}
    told = [row for row in play.offices.inbox(stranger, 0) if row["person"] in persons]
    if told:
        yield Difference("always.stranger", "stranger_told", "nothing", f"{len(told)} notifications")
    for person in sorted(persons):
        answer = play.offices.sheet(stranger, person)
        if not answer.refused and answer.data["state"] != "none":
            yield Difference("always.stranger", "stranger_sees", "nothing", answer.data["state"])
    for human in play.binding.persons.values():
        if human.document is not None and play.offices.find(stranger, *human.document):
            yield Difference("always.stranger", "stranger_finds", "nobody", human.letter)
