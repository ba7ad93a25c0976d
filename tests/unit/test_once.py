"""What is found once is not looked for again, and belongs to the one of which it was asked."""

from events.once import once


class Counted:
    def __init__(self, number: int) -> None:
        self.number = number
        self.looks = 0

    @once
    def doubled(self) -> int:
        self.looks += 1
        return 2 * self.number


def test_it_is_found_once_for_each():
    one, other = Counted(1), Counted(2)
    assert (one.doubled, other.doubled, one.doubled) == (2, 4, 2)
    assert (one.looks, other.looks) == (1, 1)


def test_what_was_never_asked_for_is_not_looked_for():
    assert Counted(1).looks == 0
