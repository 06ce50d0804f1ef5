"""What stands in an address, read without trust."""

from uuid import UUID


def uuid_or_none(text: str | None) -> UUID | None:
    """The id that the text is; None when it is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
