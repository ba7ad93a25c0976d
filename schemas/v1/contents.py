"""What stands under `with` in an event of each type, judged by the typed catalogue and described from it.

Where the catalogue needs what the exchange can find out by itself (the office's only open stay, the case by its id),
the wire lets it be left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from events.catalogue import AUTOMATIC, TYPES
from events.form import misfit
from schemas.v1.fields import UUID
from schemas.v1.wire import Fault

OMITTABLE = frozenset({"stay", "case", "teller"})
# The operator speaks of jurisdictions.
RECORDABLE = tuple(sorted(TYPES.keys() - AUTOMATIC - {n for n in TYPES if n.startswith("jurisdiction.")}))


@cache
def wire(type_: str) -> type[msgspec.Struct]:
    """The payload of a type as the wire takes it. Raises KeyError for a type that nobody may record."""
    if type_ not in RECORDABLE:
        raise KeyError(type_)
    wanted: list[tuple[str, Any, Any]] = []
    for each in msgspec.structs.fields(TYPES[type_]):
        spare = each.required and each.encode_name in OMITTABLE
        default: dict[str, Any] = {"default": None} if spare else {}
        if each.default is not msgspec.NODEFAULT:
            default = {"default": each.default}
        elif each.default_factory is not msgspec.NODEFAULT:
            default = {"default_factory": each.default_factory}
        renamed = {"name": each.encode_name} if each.encode_name != each.name else {}
        wanted.append((each.name, each.type | None if spare else each.type, msgspec.field(**default, **renamed)))
        if each.name == "case":
            wanted.append(("case_id", Annotated[str, msgspec.Meta(pattern=UUID)] | None, msgspec.field(default=None)))
    name = "With" + "".join(part.capitalize() for part in re.split(r"[._]", type_))
    meaning = {"__doc__": TYPES[type_].__doc__}
    return msgspec.defstruct(name, wanted, namespace=meaning, kw_only=True, frozen=True, forbid_unknown_fields=True)


def content_faults(type_: str, content: Mapping[str, Any]) -> Iterator[Fault]:
    """Each field of a content that its type does not allow, all of them, by their path under `with`."""
    yield from _struct_faults("with", content, wire(type_))


def components(template: str = "#/components/schemas/{name}") -> tuple[dict[str, str], dict[str, Any]]:
    """The JSON Schema of every type: the reference by type, and the definitions that they refer to."""
    structs = [wire(type_) for type_ in RECORDABLE]
    references, definitions = msgspec.json.schema_components(structs, ref_template=template)
    by_type = {type_: reference["$ref"] for type_, reference in zip(RECORDABLE, references, strict=True)}
    for definition in definitions.values():
        _plain(definition)
        if definition["type"] == "object":
            definition["additionalProperties"] = False
        else:
            definition["maxItems"] = definition["minItems"]
    return by_type, definitions


def _struct_faults(path: str, content: Mapping[str, Any], struct: type[msgspec.Struct]) -> Iterator[Fault]:
    known = _fields(struct)
    for name in sorted(content.keys() - known.keys()):
        yield Fault(f"{path}.{name}", "schema.unknown")  # the catalogue's values overlook it, the wire does not
    for name, each in known.items():
        if name in content:
            yield from _value_faults(f"{path}.{name}", content[name], each.type)
        elif each.required:
            yield Fault(f"{path}.{name}", "schema.missing")


@cache
def _fields(struct: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """Its fields by the names that they bear on the wire."""
    return {each.encode_name: each for each in msgspec.structs.fields(struct)}


def _value_faults(path: str, value: Any, type_: Any) -> Iterator[Fault]:
    """Every fault below a value: an object and a list are looked through, where the library stops at the first."""
    for each in get_args(type_) if get_origin(type_) in {Union, UnionType} else (type_,):
        if isinstance(value, dict) and isinstance(each, type) and issubclass(each, msgspec.Struct):
            if not each.__struct_config__.array_like:
                yield from _struct_faults(path, value, each)
                return
        elif isinstance(value, list) and get_origin(each) is tuple:
            for index, below in enumerate(value):
                yield from _value_faults(f"{path}.{index}", below, get_args(each)[0])
            return
    yield from _leaf_faults(path, value, type_)


def _leaf_faults(path: str, value: Any, type_: Any) -> Iterator[Fault]:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        fault = misfit(error, type_)
        yield Fault(".".join(filter(None, [path, fault.field])), fault.rule, dict(fault.details))
        return
    if isinstance(value, list) and _longer(value, type_):
        yield Fault(path, "schema.size")


def _longer(value: list[Any], type_: Any) -> bool:
    """Whether a list holds more than the struct that it stands for: the catalogue's values overlook it."""
    structs = [
        each for each in (*get_args(type_), type_) if isinstance(each, type) and issubclass(each, msgspec.Struct)
    ]
    return any(len(value) > len(msgspec.structs.fields(each)) for each in structs)


def _plain(schema: Any) -> None:
    """Leaves out what only Python readers need: default values that say nothing, and titles of our structs."""
    if isinstance(schema, dict):
        schema.pop("title", None)
        if schema.get("default", 0) in (None, [], {}):
            del schema["default"]
        for below in schema.values():
            _plain(below)
    elif isinstance(schema, list):
        for below in schema:
            _plain(below)
