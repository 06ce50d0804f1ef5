"""The file of an invoice on a page: the PDF, or a page that explains why there is none now (CTVMS, C59)."""

from flask import Response, render_template, url_for

from chassis.logs import logger
from contracts.calls.billing import GetInvoice
from contracts.calls.reports import RenderInvoice
from contracts.cards import InvoiceSnapshot
from contracts.errors import NotFound, Refusal
from gateway.errors import RETRY_AFTER, status_of
from gateway.files import file_response
from gateway.rpc import ask

log = logger(__name__)


def invoice_file(number: str, *, to_keep: bool = False) -> Response:
    """The PDF, to read or (`to_keep`) to store. Drawn anew each time, so that no file can be gone; where it cannot be
    drawn, the invoice is there to be read all the same, and the file can be asked for again.

    Raises NotFound where the caller may not see the invoice, and what else billing refuses.
    """
    invoice = ask(GetInvoice(number=number))
    try:
        document = ask(RenderInvoice(snapshot=invoice, locale=invoice.locale))
    except NotFound:
        raise
    except Refusal as error:
        log.warning("an invoice could not be drawn", invoice=number, code=error.code)
        return _explained(invoice, error)
    return file_response(
        document.content,
        document.file_name,
        document.media_type,
        size=len(document.content),
        inline=not to_keep,
    )


def _explained(invoice: InvoiceSnapshot, error: Refusal) -> Response:
    status = status_of(error)
    page = render_template(
        "my/no_file.html", invoice=invoice, again=url_for("my_invoices.file", number=invoice.number)
    )
    response = Response(page, status)
    if status in RETRY_AFTER:
        response.headers["Retry-After"] = str(error.retry_after or RETRY_AFTER[status])
    return response
