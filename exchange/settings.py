"""Settings: one frozen value out of defaults, a TOML file and the environment (`EXCHANGE_…`), in this order."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from events.errors import ExchangeError, Malformed
from exchange.jurisdictions import deadlines
from exchange.jurisdictions.calendar import national
from exchange.jurisdictions.served import Serving

PREFIX = "EXCHANGE_"
Check = Callable[["Settings"], ExchangeError | None]


class SettingsWrong(ExchangeError):
    """Some settings cannot be right. `field` names each of them, `problems` says by which rule."""

    code = "settings_wrong"

    def __init__(self, problems: Mapping[str, ExchangeError]) -> None:
        self.problems = {name: _of(name, error) for name, error in problems.items()}
        named = "; ".join(f"{name}: {error.rule}" for name, error in problems.items())
        super().__init__(field=", ".join(problems), problems=named)

    @property
    def faults(self) -> Sequence[ExchangeError]:
        """Each setting that is wrong, by itself."""
        return tuple(self.problems.values())


def _of(name: str, error: ExchangeError) -> ExchangeError:
    field = f"{name}.{error.field}" if name == "deadlines" and error.field else name
    return Malformed(field=field, rule=error.rule, **error.details)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`serves`, `peers`: areas by division code of any level. `deadlines`: as `Rules.overridden` takes them.
    `regional`: further free days by area, as `Calendar.with_regional` takes them.

    `lookups_per_hour`: of newcomers whom an office does not hold. `confirm_equal`: whether a question after the
    registration is confirmed by itself where document, name and birth date are equal and nothing differs.
    `database_url`: a PostgreSQL database (`postgresql://…`); without it a SQLite file in the data folder.
    `broker_url`: where workers in other processes are told; without it this process forwards. `demo_clock`: the file by
    which the processes of a demo agree on its day; no other node has such a setting.
    """

    data: Path = Path("var")
    serves: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    deadlines: dict[str, dict[str, Any]] = {}
    regional: dict[str, tuple[str, ...]] = {}
    max_batch: int = 1000
    lookups_per_hour: int = 60
    confirm_equal: bool = False
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
    "port": (1, 65_535),
    "poll_seconds": (1, 3_600),
}


_LINE = re.compile(r"at line (\d+)")  # how the library says it


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings. Raises SettingsWrong, which names every wrong one at once."""
    given: dict[str, Any] = {}
    if file is not None:
        try:
            raw = file.read_bytes()
            given = tomllib.loads(raw.decode())
        except OSError as error:
            raise SettingsWrong({str(file): Malformed(rule="settings.file", why=error)}) from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise SettingsWrong({str(file): Malformed(rule="settings.toml", line=line)}) from error
        except tomllib.TOMLDecodeError as error:
            named = _LINE.search(str(error))  # not so where the file breaks off
            line = int(named[1]) if named else raw.count(b"\n") + 1
            raise SettingsWrong({str(file): Malformed(rule="settings.toml", line=line)}) from error
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    for name, text in (environment or {}).items():
        if name.startswith(PREFIX):
            field = name.removeprefix(PREFIX).lower()
            given[field] = _from_text(text, fields.get(field))
    return settings(**given)


def settings(**given: Any) -> Settings:
    """The settings with these values, checked. Raises SettingsWrong."""
    problems: dict[str, ExchangeError] = {}
    right: dict[str, Any] = {}
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    for name, value in given.items():
        if name not in fields:
            problems[name] = Malformed(rule="settings.unknown")
            continue
        try:
            right[name] = msgspec.convert(value, fields[name], dec_hook=_path)
        except msgspec.ValidationError:
            problems[name] = Malformed(rule=_KINDS.get(fields[name], "settings.table"))
    found = Settings(**right)
    for name, check in _CHECKS.items():
        if name not in problems and (wrong := check(found)) is not None:
            problems[name] = wrong
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


def _serving(found: Settings) -> ExchangeError | None:
    try:
        Serving(found.serves, found.peers)
    except ExchangeError as error:
        return error
    return None


def _deadlines(found: Settings) -> ExchangeError | None:
    try:
        deadlines.DEFAULT.overridden(found.deadlines)
    except ExchangeError as error:
        return error
    return None


def _regional(found: Settings) -> ExchangeError | None:
    try:
        national().with_regional(found.regional)
    except ExchangeError as error:
        return error
    return None


def _address(name: str, schemes: Sequence[str]) -> Check:
    def check(found: Settings) -> ExchangeError | None:
        address: str = getattr(found, name)
        scheme, parted, _ = address.partition("://")
        if address and not (parted and scheme in schemes):
            return Malformed(rule="settings.address", allowed=", ".join(f"{each}://" for each in schemes))
        try:
            return _unread(address)
        except (ValueError, ArgumentError):  # as whoever takes it has it
            return Malformed(rule="settings.port")

    return check


def _unread(address: str) -> ExchangeError | None:
    """What its client would pass over in silence. Raises what its client raises."""
    if address.startswith("postgresql"):
        make_url(address)
        return None
    nodes = [urlsplit(each) for each in address.split(";")]  # RabbitMQ may have several
    _ = [node.port for node in nodes]
    named = nodes[0].path.removeprefix("/")  # what is no number is taken for the first database
    wrong = address.startswith("redis") and named and not named.isdecimal()
    return Malformed(rule="settings.redis_database") if wrong else None


def _within(name: str) -> Check:
    low, high = _LIMITS[name]
    wrong = Malformed(rule="settings.within", low=low, high=high)
    return lambda found: None if low <= getattr(found, name) <= high else wrong


def _demo_clock(found: Settings) -> ExchangeError | None:
    return None if found.demo_clock is None or found.demo else Malformed(rule="settings.needs_demo")


# What a value of that type is called.
_KINDS: Mapping[object, str] = {
    int: "settings.number",
    bool: "settings.yes_or_no",
    str: "settings.text",
    Path: "settings.text",
    tuple[str, ...]: "settings.list",
    dict[str, tuple[str, ...]]: "settings.days",
}
_CHECKS: Mapping[str, Check] = {
    "serves": _serving,
    "deadlines": _deadlines,
    "regional": _regional,
    "broker_url": _address("broker_url", BROKERS),
    "database_url": _address("database_url", DATABASES),
    "demo_clock": _demo_clock,
    **{name: _within(name) for name in _LIMITS},
}
