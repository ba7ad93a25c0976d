"""Statements that run so often that the way through the driver's cursor would be felt: straight to libpq."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import DiagnosticField, ExecStatus, Format
from psycopg.pq.abc import PGresult

_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_BINARY = Format.BINARY


class Prepared:
    """One statement on one connection, by a name of its own; values and answers are in the binary form of their types.

    For where no transaction is begun: once it has sent ROLLBACK, DROP or ALTER, the driver makes the database forget
    all statements. Outside of a transaction that is mended here, and inside of one could not be.
    """

    def __init__(self, driver: psycopg.Connection[Any], name: str, text: str, values: int) -> None:
        self._driver = driver
        self._name = name.encode()
        self._text = text.encode()
        self._forms = [_BINARY] * values
        self._known = False

    def run(self, values: Sequence[bytes]) -> PGresult:
        """Raises what the driver would."""
        try:
            return self._run(values)
        except InvalidSqlStatementName:
            self._known = False
            return self._run(values)

    def _run(self, values: Sequence[bytes]) -> PGresult:
        connection = self._driver.pgconn
        if not self._known:
            answered(self._driver, connection.prepare(self._name, self._text))
            self._known = True
        result = connection.exec_prepared(self._name, values, self._forms, _BINARY)
        return result if result.status in _DONE else answered(self._driver, result)


def say(driver: psycopg.Connection[Any], words: str) -> PGresult:
    """Run words that bear no values: BEGIN and COMMIT, which each transaction says. Raises what the driver would."""
    return answered(driver, driver.pgconn.exec_(words.encode()))


def answered(driver: psycopg.Connection[Any], result: PGresult) -> PGresult:
    """The result, if it is one. Raises what the driver would, and closes the connection where the server is gone."""
    if result.status in _DONE:
        return result
    if result.error_field(DiagnosticField.SQLSTATE) is None:  # said by libpq itself: nobody answers there any more
        driver.close()
        raise psycopg.OperationalError("the connection is lost")
    raise error_from_result(result, driver.info.encoding)
