"""A changed view forces a rebuild, never a re-send (DESIGN.md section 6).

The records were made by the view of their time. A node that opens them with another has everybody's books read again, a
little at a time, as when an office joined: what was told was told, and only what is shown is made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from events.errors import Malformed
from events.store.sql.rows import add
from events.store.sql.schema import backlogs, versions
from exchange.protocol.view import VIEW_VERSION
from exchange.settings import SettingsWrong

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

VIEW = "view"


def renew_records(node: Node) -> None:
    """Have every record made anew, where they were made by the view of an earlier version.

    Raises SettingsWrong where they were made by that of a later one, whose processes would make them anew for ever.
    """
    with node.uow.look() as session:
        if _made_by(session) == VIEW_VERSION:
            return
    with node.uow.begin() as session:
        made = _made_by(session, locked=True)
        if made is not None and made > VIEW_VERSION:
            newer = Malformed(rule="settings.view_newer", found=made, newest=VIEW_VERSION)
            raise SettingsWrong({"database_url" if node.settings.database_url else "data": newer})
        add(session.sql, versions, [{"name": VIEW, "number": VIEW_VERSION}], ("name",))
        add(session.sql, backlogs, [{"joined": VIEW, "after": ""}], ("joined",))


def _made_by(session: SqlSession, *, locked: bool = False) -> int | None:
    of_view = select(versions.c.number).where(versions.c.name == VIEW)
    found: int | None = session.sql.execute(of_view.with_for_update() if locked else of_view).scalar_one_or_none()
    return found
