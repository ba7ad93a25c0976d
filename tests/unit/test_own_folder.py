"""A folder that is made for a command alone is gone with it, whenever it is told to end."""

import os
import tempfile

import pytest

from exchange.own_folder import own_folder


@pytest.fixture(autouse=True)
def around(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_open_to_this_account_alone_and_gone_afterwards(around):
    with own_folder("exchange-") as folder:
        (folder / "kept").write_text("something")
        assert list(around.iterdir()) == [folder]
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(around.iterdir()) == []


@pytest.mark.parametrize("made", [False, True], ids=["before", "after"])
def test_whoever_is_told_to_end_while_it_is_made_leaves_nothing(around, monkeypatch, made):
    make = os.mkdir

    def told_to_end(path: str, mode: int) -> None:
        if made:
            make(path, mode)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "mkdir", told_to_end)
    with pytest.raises(KeyboardInterrupt), own_folder("exchange-"):
        pass
    assert list(around.iterdir()) == []


def test_a_process_that_was_forked_meanwhile_leaves_it_alone(around, monkeypatch):
    with own_folder("exchange-") as folder:
        ours = os.getpid()
        monkeypatch.setattr(os, "getpid", lambda: ours + 1)
    assert folder.exists()
