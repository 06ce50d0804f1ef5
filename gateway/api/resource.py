"""What every resource is made with: a blueprint with its refusals documented, and answers as JSON."""

from typing import Any

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from pydantic import BaseModel

PREFIX = "/api/v1"

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": _PROBLEM}


_REFUSALS: dict[str | int, Any] = {
    400: _problem("Malformed: not JSON, a field missing, unknown or of another type"),
    401: _problem("No session, or an expired one"),
    403: _problem("Seen, but this role may not do it"),
    404: _problem("Unknown, or hidden from the caller"),
    409: _problem("Under way already, or so already"),
    413: _problem("More than 1 MB"),
    422: _problem("A rule says no; `code` and `errors` say which"),
    429: _problem("Too many tries or requests; Retry-After says when the next one is heard"),
    503: _problem("A service is away; Retry-After says when to try again. A write may have been carried out"),
}


def resource(name: str, tag: str, description: str, *, open_to_all: bool = False) -> APIBlueprint:
    """A blueprint for one resource. `open_to_all` only documents; auth.OPEN_ENDPOINTS decides."""
    return APIBlueprint(
        name,
        f"gateway.api.{name}",
        url_prefix=PREFIX,
        abp_tags=[Tag(name=tag, description=description)],
        abp_security=[] if open_to_all else [{"session": []}],
        abp_responses=_REFUSALS,
    )


def answer(
    view: BaseModel, status: int = 200, *, location: str | None = None, replayed: bool = False
) -> Response:
    """A resource as JSON; `location` is its path under /api/v1."""
    response = Response(view.model_dump_json(), status, mimetype="application/json")
    if location is not None:
        response.headers["Location"] = f"{PREFIX}{location}"
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def nothing() -> Response:
    """Carried out, and nothing to tell (204)."""
    return Response(status=204)


def document_response(media_types: tuple[str, ...], description: str) -> dict[str, Any]:
    """How the OpenAPI document describes an answer that is a file."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {"description": description, "content": dict.fromkeys(media_types, schema)}
