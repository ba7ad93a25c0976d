"""What a view keeps of the one before is what a view of the same book that keeps nothing finds."""

import pytest

from exchange.protocol.book import Book
from exchange.protocol.record import Record
from exchange.protocol.view import view
from tests.properties.histories import history, shape


@pytest.mark.parametrize("seed", range(6))
def test_at_each_moment_a_view_is_that_of_a_book_read_anew(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def viewed(book: Book) -> tuple[Record, ...]:
        seen = view(book)
        assert seen == view(book.copy())
        return seen

    monkeypatch.setattr("tests.properties.world.view", viewed)
    history(seed, **shape(seed))
