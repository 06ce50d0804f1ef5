"""Files as answers: downloads of the API and of pages, and the PDF of an invoice."""

from typing import Any
from urllib.parse import quote

from flask import Response

from contracts.calls.billing import GetInvoice
from contracts.calls.reports import RenderInvoice
from gateway.rpc import ask


def invoice_pdf(number: str) -> Response:
    """Drawn from the invoice as issued, in its own language. Raises NotFound where the caller may not see it."""
    invoice = ask(GetInvoice(number=number))
    document = ask(RenderInvoice(snapshot=invoice, locale=invoice.locale))
    size = len(document.content)
    return file_response(document.content, document.file_name, document.media_type, size=size, inline=True)


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
