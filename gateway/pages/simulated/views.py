"""The simulated payment provider's page. It is not signed in anywhere, and knows only what was signed for it."""

from uuid import UUID

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext

from chassis.callbacks import is_signed, signature_of
from chassis.clock import Clock
from contracts.calls.online_payments import OnlineProvider, SettleOnlinePayment
from contracts.money import Money
from gateway.pages.answering import go
from gateway.pages.refusals import NotYours
from gateway.pages.simulated import SECRET
from gateway.rpc import ask_anonymously

pages = Blueprint("simulated_provider", __name__, url_prefix="/simulated-provider")

_FIELDS = ("payment", "code", "amount_minor", "currency")


@pages.get("")
def show() -> Response:
    """What is to be paid, with a button for each thing that may happen at a real provider."""
    fields = _signed_fields()
    amount = Money.of(int(fields["amount_minor"]), fields["currency"])
    return Response(render_template("simulated/show.html", fields=fields, amount=amount))


@pages.post("")
def act() -> Response:
    """Tell billing what happened, signed, as a provider does; then send the customer back."""
    fields = _signed_fields()
    clock: Clock = current_app.extensions["headend.clock"]
    said = SettleOnlinePayment(
        provider=OnlineProvider.SIMULATED,
        online_payment_id=UUID(fields["payment"]),
        is_paid=request.form.get("outcome") == "paid",
        amount_minor=int(fields["amount_minor"]),
        currency=fields["currency"],
        reference=f"SIM-{fields['code']}",
        at=clock.now(),
        signature="",
    )
    signature = signature_of(_secret(), said.signed_fields())
    ask_anonymously(said.model_copy(update={"signature": signature}))
    return go(url_for("my_pay.show", online_payment_id=fields["payment"]))


def _signed_fields() -> dict[str, str]:
    """What billing signed. Raises NotYours when somebody altered it; 404 where the provider is not set up."""
    secret = _secret()
    fields = {name: request.args.get(name, "")[:100] for name in _FIELDS}
    if not is_signed(secret, fields, request.args.get("signature", "")):
        raise NotYours(gettext("This payment was not started here; go back and start anew."))
    return fields


def _secret() -> bytes:
    secret: bytes | None = current_app.extensions[SECRET]
    if secret is None:
        abort(404)
    return secret
