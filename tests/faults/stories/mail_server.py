"""Fault 10: a mail server that is away, slow, rude, or takes a mail and hangs up."""

import time
import uuid
from functools import partial

from tests.faults.house import House
from tests.faults.post_office import BUSY, DROPPED, LEAVING, REFUSED, SLOW
from tests.faults.trial import Trial, fault
from tests.stack.mail import Mail

_PATIENCE = 150.0


@fault("10", "mail server away, slow, refusing, hanging up")
def mail_server_whims(trial: Trial) -> None:
    """Away: mails wait and go out. 450 and 421: the same message later, as often as it takes. 550: failed once, and
    told. 30 s until the 250: the others flow meanwhile. Hung up after the last dot: `unknown`, sent once more with the
    same Message-ID, logged. No STARTTLS where it is demanded: nothing is sent.
    """
    house, office = trial.house, trial.house.post_office
    office.busy_times, office.slow_seconds = int(trial.pick(2, 5)), trial.pick(12, 30)
    with trial.inspected(house):
        _refuse_without_starttls(trial, house)
        trial.inject("mail server away")
        office.shut()
        time.sleep(trial.pick(5, 600))
        office.open()
        whims = {whim: _register(house, whim) for whim in (REFUSED, BUSY, LEAVING, SLOW, DROPPED)}
        trial.injected += [f"mail server: {whim}" for whim in whims]
        house.given_up.add(whims[REFUSED])
        _others_flow(trial, house)
        patience = _PATIENCE if not trial.long else 3 * 3600.0
        for whim in (BUSY, LEAVING, SLOW, DROPPED):
            trial.within(f"the mail to {whim}", partial(_is, house, whims[whim], "sent"), patience)
        trial.within("the refused mail is given up", partial(_is, house, whims[REFUSED], "failed"))
    for whim in (BUSY, LEAVING):
        said = office.answers_to(whims[whim])
        refused = [answer for answer in said if answer != "250"]
        trial.findings.same(f"Refusals before the mail to {whim} was taken", len(refused), office.busy_times)
    trial.findings.same("Offers of the refused mail", len(office.answers_to(whims[REFUSED])), 1)
    trial.findings.same("Mails whose end was cut off", len(_mails(house, whims[DROPPED])), 2)
    told = "SELECT count(*) FROM outbox WHERE type = 'MessageFailed' AND body::text LIKE '%550%'"
    trial.demand(int(house.databases.one("notify", told)) > 0, "Nobody was told of the mail that was refused")


def _register(house: House, whim: str) -> str:
    """Somebody new at an address of that whim; gives the address."""
    mark = uuid.uuid4().hex[:10]
    address = f"{whim}{mark}@example.com"
    body = {"name": "Whim", "email": address, "crf": f"W{mark.upper()}"}
    answer = house.api.stubbornly("POST", "/customers", json=body)
    assert answer.is_success, answer.text
    return address


def _others_flow(trial: Trial, house: House) -> None:
    """While one mail takes long, others are sent."""
    before = len(house.post_office.raw)
    trial.within("others' mails flow meanwhile", lambda: len(house.post_office.raw) > before + 3, 60.0)


def _is(house: House, address: str, state: str) -> bool:
    rows = house.databases.rows("notify", f"SELECT state FROM messages WHERE recipient = '{address}'")
    return {row[0] for row in rows} == {state}


def _mails(house: House, address: str) -> list[Mail]:
    return [mail for mail in house.post_office.mails() if mail.to == address]


def _refuse_without_starttls(trial: Trial, house: House) -> None:
    """notify told to demand STARTTLS of a server that has none sends nothing, and says why on the message."""
    notify = house.process("notify")
    trial.inject("STARTTLS missing")
    house.real.replace(notify, {"HEADEND_SMTP_SECURITY": "starttls"})
    asked = "SELECT count(*) FROM messages WHERE problem LIKE '%offers no STARTTLS%'"
    trial.within(
        "a message says that STARTTLS is missing", lambda: int(house.databases.one("notify", asked)) > 0
    )
    count = len(house.post_office.raw)
    time.sleep(2)
    trial.findings.same("Mails sent without the STARTTLS demanded", len(house.post_office.raw), count)
    house.real.replace(notify)
