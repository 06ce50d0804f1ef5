"""Refusals: what a service says instead of an answer.

One class per fact, with a stable code and a sentence that says what to do.
"""

from typing import ClassVar

from pydantic import BaseModel


class FieldError(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    code: str
    message: str


class RefusalEnvelope(BaseModel):
    """A refusal on the wire. `kind` is the family (below), `code` the fact."""

    kind: str
    code: str
    message: str
    errors: list[FieldError] = []
    retry_after: int | None = None


class Refusal(Exception):
    """A request was understood and is not carried out; nothing was changed.

    nameko sends an exception over the bus as its text, so both parts of `args` are strings.
    """

    kind: ClassVar[str] = "rule_broken"
    code: str = "refused"
    retry_after: int | None = None

    def __init__(
        self, message: str, *, errors: list[FieldError] | None = None, field: str | None = None
    ) -> None:
        super().__init__(self.code, message)
        self.message = message
        self.errors = errors or ([FieldError(field=field, code=self.code, message=message)] if field else [])

    def envelope(self) -> RefusalEnvelope:
        """This refusal as it crosses the bus."""
        return RefusalEnvelope(
            kind=self.kind,
            code=self.code,
            message=self.message,
            errors=self.errors,
            retry_after=self.retry_after,
        )


class Invalid(Refusal):
    """The request is malformed (HTTP 400)."""

    kind = "invalid"
    code = "invalid"


class Unauthenticated(Refusal):
    """No session, or an expired one (HTTP 401)."""

    kind = "unauthenticated"
    code = "unauthenticated"


class Forbidden(Refusal):
    """Seen, but this role may not do it (HTTP 403)."""

    kind = "forbidden"
    code = "forbidden"


class NotFound(Refusal):
    """Unknown, or hidden from this caller, who cannot tell the two apart (HTTP 404)."""

    kind = "not_found"
    code = "not_found"


class Conflict(Refusal):
    """Running already, or so already (HTTP 409)."""

    kind = "conflict"
    code = "conflict"


class RuleBroken(Refusal):
    """A business rule says no (HTTP 422)."""

    kind = "rule_broken"
    code = "rule_broken"


class TooLarge(Refusal):
    """More than is accepted at once (HTTP 413)."""

    kind = "too_large"
    code = "too_large"


class Throttled(Refusal):
    """Too many tries; `retry_after` says in how many seconds the next one is heard (HTTP 429)."""

    kind = "throttled"
    code = "throttled"


class Unavailable(Refusal):
    """A service is away or did not answer in time. The request may still have been carried out (HTTP 503)."""

    kind = "unavailable"
    code = "unavailable"
    retry_after = 2


class Failed(Refusal):
    """The service met an error of its own; nothing was changed (HTTP 500)."""

    kind = "failed"
    code = "failed"


_FAMILIES: dict[str, type[Refusal]] = {
    family.kind: family
    for family in (
        Invalid,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        RuleBroken,
        TooLarge,
        Throttled,
        Unavailable,
        Failed,
    )
}


def refusal_from(envelope: RefusalEnvelope) -> Refusal:
    """The refusal that the other side raised, as its family, with its own code."""
    refusal = _FAMILIES.get(envelope.kind, Unavailable)(envelope.message, errors=envelope.errors)
    refusal.code = envelope.code
    refusal.retry_after = envelope.retry_after
    return refusal
