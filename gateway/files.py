"""Files as answers: downloads of the API and of pages, the PDF of an invoice, the file of a report."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, g, request

from chassis.logs import current_trace, tracing
from contracts.calls.billing import GetInvoice
from contracts.calls.reports import FilePart, ReadReportFile, RenderInvoice
from gateway.rpc import ask, calls

PART = 1_000_000
"""Bytes asked of reports at a time, so that a file of any size passes through in little memory."""


def invoice_pdf(number: str) -> Response:
    """Drawn from the invoice as issued, in its own language. Raises NotFound where the caller may not see it."""
    invoice = ask(GetInvoice(number=number))
    document = ask(RenderInvoice(snapshot=invoice, locale=invoice.locale))
    size = len(document.content)
    return file_response(document.content, document.file_name, document.media_type, size=size, inline=True)


def report_file(report_id: UUID) -> Response:
    """The file of a finished report. Raises NotFound, Forbidden, ReportNotReady, ReportFileGone."""
    first = ask(ReadReportFile(report_id=report_id, length=PART))
    parts = iter(()) if request.method == "HEAD" else _parts(report_id, first)
    return file_response(parts, first.file_name, first.media_type, size=first.size)


def _parts(report_id: UUID, first: FilePart) -> Iterator[bytes]:
    """The file part by part. What these parts need is taken now: they are sent when the request is over."""
    way, token, trace = calls(), g.caller.actor_token, current_trace()

    def rest() -> Iterator[bytes]:
        yield first.content
        sent = len(first.content)
        while sent < first.size:
            # A part that fails ends the answer short of its Content-Length, so no one takes it for the whole file.
            with tracing(trace):
                part = way.send(ReadReportFile(report_id=report_id, offset=sent, length=PART), token)
            if not part.content:
                raise OSError("the report's file ended before its size")
            sent += len(part.content)
            yield part.content

    return rest()


def file_response(
    content: Any, file_name: str, media_type: str, *, size: int | None = None, inline: bool = False
) -> Response:
    """A download; the name is encoded as RFC 6266 has it, whatever is in it."""
    response = Response(content, 200, mimetype=media_type)
    if size is not None:
        response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; {_named(file_name)}"
    return response


def _named(file_name: str) -> str:
    """The name as parameters of Content-Disposition: ASCII for old programs, and the whole of it in UTF-8."""
    printable = "".join(character for character in file_name if character.isprintable())
    name = printable.replace("/", "_").replace("\\", "_")[:120]
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "'")
    return f'filename="{plain}"' + ("" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}")
