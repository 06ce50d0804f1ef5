"""The PDF of an invoice, for the API and for pages."""

from flask import Response

from contracts.calls.billing import GetInvoice
from contracts.calls.reports import RenderInvoice
from gateway.api.resource import file_response
from gateway.rpc import ask


def invoice_pdf(number: str) -> Response:
    """Drawn from the invoice as issued, in its own language. Raises NotFound where the caller may not see it."""
    invoice = ask(GetInvoice(number=number))
    document = ask(RenderInvoice(snapshot=invoice, locale=invoice.locale))
    size = len(document.content)
    return file_response(document.content, document.file_name, document.media_type, size=size, inline=True)
