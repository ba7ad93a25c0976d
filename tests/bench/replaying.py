"""Reading the past: decode and fold in person order, and leaves verified from stored bytes. CPU of this process."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from sqlalchemy import select

from events.log.leaf import checked_leaf_of, leaf_of
from events.log.tree import Frontier
from events.store.sql.schema import log
from exchange.audit.outlines import History, folded, histories
from exchange.everybody import everybody
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.protocol.book import book_of
from exchange.protocol.plain.line import line_of
from exchange.protocol.view import view
from exchange.reconcile import stepwise
from exchange.tables.records import Which, how_many
from tests.bench.figures import Figure, Size, rate, timed
from tests.bench.workload import HOME, TOWN, amended, arrived, moved, node_in, people, registered, take

REPLAY_TARGET, OPENED_TARGET, VERIFY_TARGET, CHECK_TARGET = 250_000, 120_000, 350_000, 10_000


def figures(folder: Path, size: Size) -> Iterator[Figure]:
    with node_in(folder / "replay") as node:
        _live(node, size)
        yield from _replays(node, size)
        yield from _views(node, size)
        yield from _verifications(node, size)
        yield from _checks(node, size)


def _live(node: Node, size: Size) -> None:
    """Each person was registered, arrived elsewhere, and moved inside that town; one in twenty arrivals was amended."""
    take(node, HOME, map(registered, crowd := people(size.batch)))
    arrivals = take(node, TOWN, map(arrived, crowd))
    take(node, TOWN, [moved(str(arrival.person)) for arrival in arrivals])
    take(node, TOWN, [amended(arrival) for arrival in arrivals[::20]])
    advance(node)


def _read(node: Node, *, parts: bool) -> list[History]:
    """Everybody's stored bytes in the order of persons, as `exchange replay --log` reads them."""
    with node.uow.look() as session:
        return [history for some in everybody(session) for history in histories(node, session, some, parts=parts)]


def _replays(node: Node, size: Size) -> Iterator[Figure]:
    def fold(persons: list[History]) -> None:
        for history in persons:
            history.outlines(node.offices)

    runs = range(size.rounds + 1)
    clear, opened = _read(node, parts=False), _read(node, parts=True)
    events = sum(len(history.bodies) for history in clear)
    yield rate(
        "decode of the clear facts",
        [(events, timed(lambda: [[line_of(body) for body in h.bodies] for h in clear], process_time)) for _ in runs][
            1:
        ],
        bound="msgspec, for each frame",
    )
    yield rate(
        "replay: decode and fold of the clear facts",
        [(events, timed(lambda: fold(clear), process_time)) for _ in runs][1:],
        target=REPLAY_TARGET,
        bound="decoding, and a step of plain Python a fact",
    )
    yield rate(
        "replay with parts opened",
        [(events, timed(lambda: fold(opened), process_time)) for _ in runs][1:],
        target=OPENED_TARGET,
        bound="the same, and for each part that still stands: decrypting, decoding, SHA-256 of its commitment",
    )
    yield rate(
        "the same from the database, held against the record of each keeper",
        [(events, timed(lambda: folded(node, parts=True), process_time)) for _ in runs][1:],
        bound="reading rows through SQLAlchemy, and opening the keeper's stored record",
    )


def _views(node: Node, size: Size) -> Iterator[Figure]:
    """What forwarding and a full replay work with: whole events, and a view of a book."""
    whole = [list(history.events()) for history in _read(node, parts=True)]
    events = sum(map(len, whole))

    def look() -> None:
        for own in whole:
            view(book_of(HOME, node.offices, own))

    yield rate(
        "views of books that hold everything",
        [(events, timed(look, process_time)) for _ in range(size.rounds + 1)][1:],
        bound="plain Python: each rule reads the whole book",
    )


def _verifications(node: Node, size: Size) -> Iterator[Figure]:
    with node.uow.look() as session:
        frontier = session.frontier()
        bodies = [event.body for event in session.log(0, frontier.size)]
        leaves = list(session.sql.execute(select(log.c.leaf).order_by(log.c.index)).scalars())

    def verify(found: Iterable[bytes]) -> None:
        made = list(found)
        if made != leaves or Frontier().append(made).root() != frontier.root():
            raise RuntimeError("the log does not verify")

    runs = range(size.rounds + 1)
    yield rate(
        "leaves verified from stored bytes",
        [(len(bodies), timed(lambda: verify(map(leaf_of, bodies)), process_time)) for _ in runs][1:],
        target=VERIFY_TARGET,
        bound="two rounds of SHA-256 for each event, through hashlib",
    )
    yield rate(
        "the same, with the canonical form checked",
        [(len(bodies), timed(lambda: verify(map(checked_leaf_of, bodies)), process_time)) for _ in runs][1:],
        bound="decoding each frame and encoding it again",
    )


def _checks(node: Node, size: Size) -> Iterator[Figure]:
    """Records a second and core that the four checks go through: all derived, and where no byte has changed since."""
    stepwise(node)
    with node.uow.look() as session:
        records = how_many(session.sql, Which(), most=1_000_000)
    for name, trusted, bound in (
        ("four checks, all derived anew", False, "plain Python: opening, a view of each book, every rule of telling"),
        ("four checks, nothing changed since the last", True, "reading all rows, and SHA-256 over them"),
    ):
        look = partial(stepwise, node, trusted=trusted)
        seconds = [timed(look, process_time) for _ in range(size.rounds)]
        ours = median(records / each for each in seconds)
        yield Figure(name=name, unit="records/s", ours=ours, target=CHECK_TARGET, bound=bound)
