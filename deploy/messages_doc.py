"""Writes docs/messages.md from the contracts: every event, call and shape, with its fields and an example.

`make messages` runs it; a test compares its outcome with the file, so that the page cannot fall behind.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import textwrap
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import contracts.calls
from contracts.calls import Call
from contracts.events import EventEnvelope, event_types
from contracts.samples import SAMPLES
from contracts.topology import LISTENERS

_PLAIN = {
    "str": "text", "int": "whole number", "bool": "true or false", "UUID": "uuid", "date": "date",
    "datetime": "date-time", "NoneType": "null", "bytes": "bytes (base64)", "Any": "anything", "object": "anything",
    "Decimal": "decimal",
}  # fmt: skip

_HEAD = """\
# Messages

What crosses the bus. Written by `make messages` from `libs/contracts`; change it there.

- An event travels as an [EventEnvelope](#eventenvelope) on the exchange `<producer>.events` with its type as routing
  key, persistent, and may come more than once and in any order: remember the `id`. Those are nameko's own names, so
  `@event_handler("billing", "PaymentMade")` of any nameko service hears it.
- A call is nameko's RPC `<service>.<method>` with one argument, the request. It is answered or refused by a sentence
  with a code (`contracts.errors`); the caller travels in the headers (docs/map.md).
- Amounts are whole numbers of the currency's smallest unit, periods are written `2026-11`, moments are UTC.
- Additions are optional fields; anything else is a new type beside the old. Ignore fields you do not know.
"""


def document() -> str:
    """The whole page as Markdown."""
    shapes: dict[str, type[BaseModel]] = {"EventEnvelope": EventEnvelope}
    parts = [_HEAD, *_events(shapes), *_calls(shapes), *_shapes(shapes)]
    return "\n".join(parts).rstrip() + "\n"


def _events(shapes: dict[str, type[BaseModel]]) -> Iterator[str]:
    yield "## Events\n"
    for name, event in sorted(event_types().items(), key=lambda item: (item[1].producer, item[0])):
        hearers = ", ".join(service for service, heard in LISTENERS.items() if event in heard)
        yield f"### {name}\n"
        yield f"{_promise(event)}\n"
        yield f"From {event.producer}; to {hearers or 'listeners of your own'}.\n"
        yield from _fields(event, shapes)
        sample = SAMPLES[event].model_dump_json(indent=2)
        yield f"<details><summary>Example</summary>\n\n```json\n{sample}\n```\n\n</details>\n"


def _calls(shapes: dict[str, type[BaseModel]]) -> Iterator[str]:
    yield "## Calls\n"
    for module in sorted(found.name for found in pkgutil.iter_modules(contracts.calls.__path__)):
        for call in _calls_of(importlib.import_module(f"contracts.calls.{module}")):
            shapes.setdefault(call.answer.__name__, call.answer)
            owner = "each service" if module == "feed" else call.service
            yield f"### {owner}: {call.method}\n"
            yield f"{_promise(call)}\n"
            yield f"`{call.__name__}`, answered by [{call.answer.__name__}](#{call.answer.__name__.lower()}).\n"
            yield from _fields(call, shapes)


def _calls_of(module: Any) -> list[type[Call[Any]]]:
    """The calls written in a module, in their order there; a class that others only build on is none."""
    return [
        found
        for found in vars(module).values()
        if inspect.isclass(found)
        and issubclass(found, Call)
        and found.__module__ == module.__name__
        and not re.search(r"\[", found.__name__)
        and not found.__subclasses__()
    ]


def _shapes(shapes: dict[str, type[BaseModel]]) -> Iterator[str]:
    described: dict[str, str] = {}
    while len(described) < len(shapes):  # describing one may name others
        name = min(shapes.keys() - described.keys())
        fields = "\n".join(_fields(shapes[name], shapes))
        described[name] = f"### {name}\n\n{_promise(shapes[name])}\n\n{fields}"
    yield "## Shapes\n"
    yield from (text for _, text in sorted(described.items()))


def _fields(model: type[BaseModel], shapes: dict[str, type[BaseModel]]) -> Iterator[str]:
    if not model.model_fields:
        yield "No fields.\n"
        return
    explained = _field_docstrings(model)
    yield "| field | type | |\n|---|---|---|"
    for name, field in model.model_fields.items():
        meaning = field.description or explained.get(name, "")
        default = _default(field)
        told = "; ".join(part for part in (meaning.rstrip("."), default) if part)
        yield f"| {name} | {_type(field.annotation, shapes)} | {told} |"
    yield ""


def _promise(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "").replace("\n", " ")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value in ("", (), [], {}) or isinstance(value, BaseModel):
        return "optional"
    return f"optional, `{value.value if isinstance(value, Enum) else value}` when left out"


def _field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """What stands as a string below a field, in the class or in one that it builds on."""
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if owner.__module__.startswith("contracts"):
            found |= dict(_strings_below_fields(owner))
    return found


def _strings_below_fields(owner: type[Any]) -> Iterator[tuple[str, str]]:
    try:
        source = textwrap.dedent(inspect.getsource(owner))
    except (OSError, TypeError):  # made by pydantic at run time, such as Call[PlanView]
        return
    body = ast.parse(source).body[0]
    if isinstance(body, ast.ClassDef):
        for field, below in zip(body.body, body.body[1:], strict=False):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    yield name, inspect.cleandoc(text)


def _type(annotation: Any, shapes: dict[str, type[BaseModel]]) -> str:
    """A type in words; a model becomes a link and is described below."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0], shapes)
    if origin in (Union, UnionType):
        parts = [_type(part, shapes) for part in arguments if part is not NoneType]
        return " or ".join(parts + (["null"] if NoneType in arguments else []))
    if origin in (tuple, list, set, frozenset):
        return f"list of {_type(arguments[0], shapes)}"
    if origin is dict:
        return "object"
    if origin is not None:
        return ", ".join(f"`{argument}`" for argument in arguments)
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        shapes.setdefault(annotation.__name__, annotation)
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        return ", ".join(f"`{member.value}`" for member in annotation)
    name = getattr(annotation, "__name__", str(annotation))
    return _PLAIN.get(name, name)


def main(arguments: list[str]) -> None:
    """Write the page to the named file."""
    (target,) = arguments
    Path(target).write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
