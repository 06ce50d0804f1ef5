"""Reading JSON bodies: one object, no float ever, and a clear sentence for everything that cannot be read."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from flask import Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import RequestEntityTooLarge

from contracts.errors import Invalid

_PLAIN_DECIMAL = re.compile(r"^-?\d{1,15}\.\d{1,15}$", re.ASCII)


class NotJson(Invalid):
    """The body is not a JSON object."""

    code = "not_json"


def _decimal(text: str) -> Decimal:
    # Decimal keeps the very digits that were sent: 250.5 is "250.5" afterwards, and no float was in between.
    if not _PLAIN_DECIMAL.match(text):
        raise ValueError(
            "numbers are written plainly, without exponent and with at most 15 digits on either side"
        )
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text) > 18:
        raise ValueError("numbers have at most 18 digits")
    return int(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


class ExactJson(DefaultJSONProvider):
    """Flask's JSON, reading numbers exactly and refusing what JSON does not know (NaN, names given twice)."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse a document. Raises ValueError."""
        return json.loads(
            s, parse_float=_decimal, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_unique
        )


class ApiRequest(Request):
    """A request whose JSON body is an object; a body left out counts as an empty one."""

    def __init__(self, environ: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            # Both our servers undo the chunks; eventlet does not say so, and the body would count as empty.
            environ["wsgi.input_terminated"] = True
        super().__init__(environ, *args, **kwargs)

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body as a dict. Raises NotJson, never returns None."""
        if "headend.json" not in self.environ:
            self.environ["headend.json"] = self._read_object()
        return self.environ["headend.json"]

    def _read_object(self) -> dict[str, Any]:
        raw = self.get_data(cache=False)
        if self.content_length is None and len(raw) >= (self.max_content_length or len(raw) + 1):
            # Without a length the stream just ends at the limit.
            raise RequestEntityTooLarge
        if not raw.strip():
            return {}
        if not self.is_json:
            raise NotJson("Send the body as JSON, with the header Content-Type: application/json.")
        try:
            found = self.json_module.loads(raw.decode("utf-8"))
        except UnicodeDecodeError:
            raise NotJson("The body is not UTF-8.") from None
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise NotJson(f"The body is not JSON: {error.msg} ({where}).") from None
        except RecursionError:
            raise NotJson("The body is nested too deeply.") from None
        except ValueError as error:
            raise NotJson(f"The body is not accepted: {error}.") from None
        if not isinstance(found, dict):
            raise NotJson('The body must be a JSON object, such as {"name": "value"}.')
        return found
