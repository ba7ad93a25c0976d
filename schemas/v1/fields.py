"""The kinds of field that wire formats are made of. Each says what is wrong by its rule."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import islice
from typing import Any

from marshmallow import ValidationError, fields, validate

from schemas.v1.wire import FEW_FAULTS, MOST_FAULTS, faults, invalid, let_go

UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
HANDLE = r"^#?[A-Za-z0-9][A-Za-z0-9-]{0,63}$"
OFFICE = r"^\d{12}$"
CODE = r"^[a-z][a-z0-9_.]{0,59}$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$"
FIRST_YEAR, LAST_YEAR = 1900, 2199

Messages = dict[str, str | list[Any] | dict[Any, Any]]


def messages(**own: str) -> Messages:
    """The rule that each fault of a field breaks, in place of the sentences of the library."""
    usual = {"required": "schema.missing", "null": "schema.null", "validator_failed": "schema.invalid"}
    return {**usual, "invalid": "schema.text", **own}


class Whole(validate.Regexp):
    """A form that the whole value has: `$` alone would let a line end pass. The documents show it as it is."""

    def __init__(self, regex: str, rule: str = "schema.pattern") -> None:
        super().__init__(re.compile(regex, re.ASCII), error=rule)

    def __call__(self, value: Any) -> Any:
        if value.endswith("\n"):
            raise ValidationError(self.error)
        return super().__call__(value)


class Text(fields.String):
    """Text of 1 to `most` characters without control characters other than line ends and tabs."""

    default_error_messages: Messages = messages(control="schema.control")

    def __init__(self, *, most: int = 200, **kwargs: Any) -> None:
        given = kwargs.pop("validate", None)
        length = validate.Length(min=1, max=most, error="schema.length min={min} max={max}")
        super().__init__(validate=[length, *([given] if given is not None else [])], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).replace("\r\n", "\n")  # one spelling is kept
        if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
            raise self.make_error("control")
        return text


class Formed(Text):
    """Text of a form given by a regular expression, which the documents show too."""

    def __init__(self, regex: str, rule: str = "schema.pattern", **kwargs: Any) -> None:
        super().__init__(validate=Whole(regex, rule), **kwargs)


def identifier(**kwargs: Any) -> Formed:
    """A UUID."""
    return Formed(UUID, "schema.uuid", **kwargs)


def event_id(**kwargs: Any) -> Formed:
    """A UUIDv7 (RFC 9562), chosen by the client so that a repeated request is recognised."""
    return Formed(UUID7, "schema.uuid7", **kwargs)


def office(**kwargs: Any) -> Formed:
    """A 12-digit division code."""
    return Formed(OFFICE, "schema.office", **kwargs)


def code(**kwargs: Any) -> Formed:
    """A code of a code list."""
    return Formed(CODE, "schema.code", **kwargs)


def choice(*allowed: str, **kwargs: Any) -> Text:
    """One of a few words."""
    return Text(validate=validate.OneOf(allowed, error="schema.choice choices={choices}"), **kwargs)


class Day(Formed):
    """A day of the world (Asia/Shanghai), `YYYY-MM-DD`, in the years that living people can speak of."""

    default_error_messages: Messages = messages(day="schema.day")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DAY, "schema.day", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            year = date.fromisoformat(text).year
        except ValueError:
            raise self.make_error("day") from None
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise self.make_error("day")
        return text


class Moment(Formed):
    """A moment with its offset (RFC 3339), to the microsecond."""

    default_error_messages: Messages = messages(moment="schema.moment")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(MOMENT, "schema.moment", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            year = datetime.fromisoformat(text).year
        except ValueError:
            raise self.make_error("moment") from None
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise self.make_error("moment")
        return text


class Flag(fields.Boolean):
    """true or false, and no word or number that may mean one."""

    default_error_messages: Messages = messages(invalid="schema.flag")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, str) and value in {"true", "false"}:
            return value == "true"
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def provisional() -> Flag:
    """Beside a day until which something is due."""
    return Flag(metadata={"description": "Whether that year's holidays are not published yet, so that it may move."})


class Count(fields.Integer):
    """A whole number between two bounds; a query may spell it as text."""

    default_error_messages: Messages = messages(invalid="schema.number", too_large="schema.number")

    def __init__(self, low: int | None = None, high: int | None = None, **kwargs: Any) -> None:
        bounds = validate.Range(min=low, max=high, error="schema.range min={min} max={max}")
        super().__init__(validate=bounds if low is not None or high is not None else None, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (type(value) is int or (isinstance(value, str) and re.fullmatch(r"\d{1,15}", value, re.ASCII))):
            raise self.make_error("invalid", input=value)
        return int(value)


class Many(fields.List[Any]):
    """A list of at most `most` items."""

    default_error_messages: Messages = messages(invalid="schema.list")

    def __init__(self, item: Any, *, least: int = 0, most: int = 100, **kwargs: Any) -> None:
        self._length = validate.Length(min=least, max=most, error="schema.items min={min} max={max}")
        super().__init__(item, validate=self._length, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        self._length(value)  # before it is looked through: a hundred thousand faults fill the memory
        found: list[Any] = []
        wrong: dict[str | int, Any] = {}
        named = 0
        for number, each in enumerate(value):
            try:
                found.append(self.inner.deserialize(each, **kwargs))
            except ValidationError as error:
                first = list(islice(faults(error.messages), max(MOST_FAULTS - named, FEW_FAULTS)))
                wrong[number] = invalid(first).messages
                named += len(first)
                let_go(error)
        if wrong:
            raise ValidationError(wrong)
        return found


class Inner(fields.Nested):
    """A wire format inside another."""

    default_error_messages: Messages = messages(type="schema.object")


class Open(fields.Dict):
    """An object whose fields another rule judges."""

    default_error_messages: Messages = messages(invalid="schema.object")


class Reference(fields.Field[list[str]]):
    """A reference to an event: `[author, id]` (DESIGN.md K3)."""

    default_error_messages: Messages = messages(invalid="schema.reference")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        parts = value if isinstance(value, list) else []
        try:
            author, event = (str(part) if isinstance(part, str) else "" for part in parts)
            Whole(OFFICE)(author)
            Whole(UUID)(event)
        except (ValueError, ValidationError):
            raise self.make_error("invalid") from None
        return [author, event]


class Anything(fields.Raw):
    """A value whose form follows from the field that it belongs to."""

    default_error_messages: Messages = messages()
