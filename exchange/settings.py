"""Settings: one frozen value out of defaults, a TOML file and the environment (`EXCHANGE_…`), in this order."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from events.errors import ExchangeError
from exchange.jurisdictions import deadlines
from exchange.jurisdictions.served import Serving
from exchange.translations.languages import LANGUAGES

PREFIX = "EXCHANGE_"


class SettingsWrong(ExchangeError):
    """Some settings cannot be right. `field` names each of them, `rule` the first one's rule."""

    code = "settings_wrong"

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        named = "; ".join(f"{name}: {why}" for name, why in problems.items())
        super().__init__(field=", ".join(problems), problems=named)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`serves`, `peers`: areas by division code of any level. `deadlines`: as `Rules.overridden` takes them.

    `lookups_per_hour`: of newcomers whom an office does not hold. `confirm_equal`: whether a question after the
    registration is confirmed by itself where document, name and birth date are equal and nothing differs.
    `database_url`: a PostgreSQL database (`postgresql://…`); without it a SQLite file in the data folder.
    `broker_url`: where workers in other processes are told; without it this process forwards. `demo_clock`: the file by
    which the processes of a demo agree on its day; no other node has such a setting.
    """

    data: Path = Path("var")
    serves: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    language: str = "zh-CN"
    deadlines: dict[str, dict[str, Any]] = {}
    max_batch: int = 1000
    lookups_per_hour: int = 60
    confirm_equal: bool = False
    max_body_bytes: int = 1 << 20
    host: str = "127.0.0.1"
    port: int = 8080
    demo: bool = False
    demo_clock: Path | None = None
    poll_seconds: int = 1
    broker_url: str = ""
    database_url: str = ""

    @property
    def database(self) -> Path:
        return self.data / "exchange.db"

    @property
    def file(self) -> Path:
        """Where settings are looked for when no file is named."""
        return self.data / "exchange.toml"

    @property
    def master_keys(self) -> Path:
        return self.data / "master-keys.json"


DATABASES = ("postgresql", "postgresql+psycopg")
BROKERS = ("redis", "rediss", "amqp", "amqps")

_LIMITS: Mapping[str, tuple[int, int]] = {
    "max_batch": (1, 100_000),
    "lookups_per_hour": (1, 100_000),
    "max_body_bytes": (1 << 10, 1 << 30),
    "port": (1, 65_535),
    "poll_seconds": (1, 3_600),
}


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings. Raises SettingsWrong, which names every wrong one at once."""
    given: dict[str, Any] = {}
    if file is not None:
        try:
            given = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsWrong({str(file): str(error)}) from error
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    for name, text in (environment or {}).items():
        if name.startswith(PREFIX):
            field = name.removeprefix(PREFIX).lower()
            given[field] = _from_text(text, fields.get(field))
    return settings(**given)


def settings(**given: Any) -> Settings:
    """The settings with these values, checked. Raises SettingsWrong."""
    problems: dict[str, str] = {}
    right: dict[str, Any] = {}
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    for name, value in given.items():
        if name not in fields:
            problems[name] = "unknown"
            continue
        try:
            right[name] = msgspec.convert(value, fields[name], dec_hook=_path)
        except msgspec.ValidationError as error:
            problems[name] = str(error)
    found = Settings(**right)
    for name, check in _CHECKS.items():
        if name not in problems and (why := check(found)):
            problems[name] = why
    if problems:
        raise SettingsWrong(problems)
    return found


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    raise TypeError(kind)


def _from_text(text: str, kind: object) -> object:
    """What a variable of the environment says: a list is parted by commas, a table is JSON."""
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind is bool:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)
    if kind is int:
        return int(text) if text.lstrip("-").isdecimal() else text
    if kind in {str, Path} or kind is None:
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _serving(found: Settings) -> str:
    try:
        Serving(found.serves, found.peers)
    except ExchangeError as error:
        return str(error.rule)
    return ""


def _deadlines(found: Settings) -> str:
    try:
        deadlines.DEFAULT.overridden(found.deadlines)
    except ExchangeError as error:
        return f"{error.rule} {error.field}"
    return ""


def _database(found: Settings) -> str:
    scheme, parted, _ = found.database_url.partition("://")
    return "" if not found.database_url or (parted and scheme in DATABASES) else f"one of {', '.join(DATABASES)}://"


def _broker(found: Settings) -> str:
    scheme, parted, _ = found.broker_url.partition("://")
    return "" if not found.broker_url or (parted and scheme in BROKERS) else f"one of {', '.join(BROKERS)}://"


def _within(name: str) -> Callable[[Settings], str]:
    low, high = _LIMITS[name]
    return lambda found: "" if low <= getattr(found, name) <= high else f"from {low} to {high}"


_CHECKS: Mapping[str, Callable[[Settings], str]] = {
    "serves": _serving,
    "deadlines": _deadlines,
    "broker_url": _broker,
    "database_url": _database,
    "demo_clock": lambda found: "" if found.demo_clock is None or found.demo else "needs demo",
    "language": lambda found: "" if found.language in LANGUAGES else f"one of {', '.join(LANGUAGES)}",
    **{name: _within(name) for name in _LIMITS},
}
