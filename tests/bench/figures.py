"""One figure of the bench: what we reach, what it is compared with in the same run, and whether that is enough."""

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import perf_counter

import msgspec

Seconds = Callable[[], float]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`ours`, `reference`: medians, in `unit`. `ratio`: the median over rounds. `target`: of the ratio, else of `ours`.

    `at_most`: whether the target is not to be exceeded, as of a time; else it is to be reached. `bound`: what bounds
    the figure; both are printed, and are no part of the file.
    """

    name: str
    unit: str
    ours: float
    reference: float | None = None
    ratio: float | None = None
    target: float | None = None
    at_most: bool = False
    bound: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached, or not exceeded; None where there is none."""
        if self.target is None:
            return None
        found = self.ours if self.ratio is None else self.ratio
        return found <= self.target if self.at_most else found >= self.target


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How many events a round takes, and how many rounds there are beside the first, which only warms up.

    `writers`: the numbers of writers at once that are tried in the server setting.
    """

    events: int = 200
    rounds: int = 7
    batch: int = 1000
    writers: tuple[int, ...] = (1, 4, 16)
    message_db: bool = True  # this peer comes by npm


def timed(work: Callable[[], object], clock: Seconds = perf_counter) -> float:
    """Seconds that the work takes, by the clock or by the CPU of this process."""
    before = clock()
    work()
    return clock() - before


def rate(name: str, counts: Iterable[tuple[int, float]], *, target: float | None = None, bound: str = "") -> Figure:
    """Events per second by (events, seconds) of each round."""
    ours = median(events / seconds for events, seconds in counts)
    return Figure(name=name, unit="events/s", ours=ours, target=target, bound=bound)


def against(
    name: str, counts: Iterable[tuple[int, float, float]], *, target: float | None = None, bound: str = ""
) -> Figure:
    """The same by (events, our seconds, the reference's seconds) of rounds in which the two took turns."""
    rounds = list(counts)
    return Figure(
        name=name,
        unit="events/s",
        ours=median(events / ours for events, ours, _ in rounds),
        reference=median(events / theirs for events, _, theirs in rounds),
        ratio=median(theirs / ours for _, ours, theirs in rounds),
        target=target,
        bound=bound,
    )


def turns(number: int, ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Seconds of both, each going first in every other round."""
    if number % 2:
        second, first = timed(theirs), timed(ours)
        return first, second
    return timed(ours), timed(theirs)


def write(figures: Iterable[Figure], path: Path) -> None:
    """The file: a list of objects."""
    rows = [
        {
            "name": figure.name,
            "unit": figure.unit,
            "ours": round(figure.ours, 1),
            "reference": None if figure.reference is None else round(figure.reference, 1),
            "ratio": None if figure.ratio is None else round(figure.ratio, 3),
            "target": figure.target,
            "met": figure.met,
        }
        for figure in figures
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")


def table(figures: Iterable[Figure]) -> str:
    """What is printed: a line for each figure, and what bounds it."""
    lines = [f"{'':44}{'ours':>10}{'reference':>11}{'ratio':>7}{'target':>9}  met"]
    for figure in figures:
        reference = "" if figure.reference is None else f"{figure.reference:,.0f}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        target = "" if figure.target is None else f"{'<= ' if figure.at_most else ''}{figure.target:,}"
        met = {None: "", True: "yes", False: "no"}[figure.met]
        lines += [
            f"{figure.name:44}{figure.ours:>10,.0f}{reference:>11}{ratio:>7}{target:>9}  {met}",
            f"    {figure.bound}",
        ]
    return "\n".join(lines)
