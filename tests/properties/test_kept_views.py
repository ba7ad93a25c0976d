"""What a view keeps of the one before is what a view of the same book that keeps nothing finds; and an office that is
not asked again, because what it told bears on nothing that it decided by, would have nothing more to say.
"""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from exchange.protocol import settle as settling
from exchange.protocol.basis import Basis
from exchange.protocol.book import Book
from exchange.protocol.record import Record
from exchange.protocol.settle import Calm, Node, Seen, Settlement
from exchange.protocol.telling.due import Due
from exchange.protocol.view import Found, Reading, view
from tests.properties.histories import history, shape

SEVERAL = (18, 33, 49, 50)  # histories of several persons


@pytest.mark.parametrize("seed", range(6))
def test_at_each_moment_a_view_is_that_of_a_book_read_anew(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def viewed(book: Book) -> tuple[Record, ...]:
        seen = view(book)
        assert seen == view(book.copy())
        return seen

    monkeypatch.setattr("tests.properties.world.view", viewed)
    history(seed, **shape(seed))


@pytest.mark.parametrize("seed", [9, 10, 25, 30])  # in each of them leaving out a condition shows
def test_whoever_is_not_asked_again_after_telling_something_has_no_more_to_say(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_up = settling._bring_up
    left_out = 0

    def asked_again(
        node: Node, books: dict[str, Book], office: str, matched: Iterable[Due], done: Settlement, calm: Calm
    ) -> bool:
        nonlocal left_out
        before = (len(done.events), len(done.deliveries))
        quiet = bring_up(node, books, office, matched, done, calm)
        if quiet and (after := (len(done.events), len(done.deliveries))) != before:
            assert bring_up(node, books, office, matched, done, Calm(books[office]))
            assert (len(done.events), len(done.deliveries)) == after
            left_out += 1
        return quiet

    monkeypatch.setattr(settling, "_bring_up", asked_again)
    history(seed, **shape(seed))
    assert left_out


@pytest.mark.parametrize("seed", SEVERAL)
def test_whoever_is_asked_again_of_each_person_says_nothing_else(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told = history(seed, **shape(seed))[0].said
    still = Seen.still
    left_out = 0

    def asked_again(before: Seen, now: Seen) -> bool:
        nonlocal left_out
        left_out += still(before, now)
        return False

    monkeypatch.setattr(Seen, "still", asked_again)
    assert history(seed, **shape(seed))[0].said == told
    assert left_out > len(told) // 4


def test_the_records_of_persons_of_whom_nothing_is_new_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    stayed: Counter[bool] = Counter()

    def viewed(book: Book) -> tuple[Record, ...]:
        before = [each.known for each in book.found.readings] if isinstance(book.found, Found) and book.news else ()
        news = set(book.news)
        seen = view(book)
        for record in seen if before else ():
            if news.isdisjoint(record.facts):
                stayed[any(record is each for each in before)] += 1
        return seen

    monkeypatch.setattr("tests.properties.world.view", viewed)
    for seed in SEVERAL:
        history(seed, **shape(seed))
    assert stayed[True] > 10 * stayed[False]  # as where another person of the book has the same document by now


@pytest.mark.parametrize("seed", SEVERAL)
def test_a_record_is_found_before_more_comes_into_the_book_and_not_of_each_reading(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, record = Reading.__init__, Reading.__dict__["record"]
    find: Callable[[Reading], Record] = record._find
    then: dict[int, tuple[Reading, int]] = {}
    made = 0

    def read(reading: Reading, book: Book, basis: Basis, known: Record | None = None) -> None:
        begin(reading, book, basis, known)
        if known is None:
            then[id(reading)] = (reading, book.changes)

    def found(reading: Reading) -> Record:
        nonlocal made
        made += 1
        assert then[id(reading)][1] == reading._book.changes
        return find(reading)

    monkeypatch.setattr(Reading, "__init__", read)
    monkeypatch.setattr(record, "_find", found)
    history(seed, **shape(seed))
    assert 50 < made < len(then)
