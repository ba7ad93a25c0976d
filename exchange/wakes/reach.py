"""Whether a broker can be reached: said in the log when it changes, however often somebody tries meanwhile."""

from __future__ import annotations

import structlog

_log = structlog.get_logger(__name__)


class Reach:
    """Told of each try."""

    def __init__(self) -> None:
        self._away = False

    def there(self) -> None:
        """It was reached."""
        if self._away:
            self._away = False
            _log.info("broker_back")

    def away(self, error: Exception) -> None:
        """It was not."""
        if not self._away:
            self._away = True
            _log.warning("broker_away", why=str(error))
