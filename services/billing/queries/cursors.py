"""Cursors of lists: opaque to callers, a sort key and an id inside."""

import base64
import binascii
import json
from typing import Any

from contracts.errors import Invalid


class CursorInvalid(Invalid):
    """The cursor is not one that a list gave."""

    code = "cursor_invalid"


def cursor_of(*key: Any) -> str:
    """The cursor after an item with this sort key; its parts become text."""
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode().rstrip("=")


def key_of(cursor: str, *readers: Any) -> tuple[Any, ...]:
    """The sort key in a cursor, each part read by its reader (`date.fromisoformat`, `UUID`, ...). Raises
    CursorInvalid.
    """
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(read(str(part)) for read, part in zip(readers, parts, strict=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise CursorInvalid("Take the cursor from the list's `next`, unchanged.", field="cursor") from None
