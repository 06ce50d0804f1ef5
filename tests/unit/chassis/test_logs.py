"""What a customer told us is in the database and nowhere else: not in a log, not in the reason of a failure."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from chassis import logs
from chassis.platform import Platform
from chassis.tables import IdempotencyRow
from contracts.events import CustomerDeactivated, EventEnvelope
from contracts.samples import SAMPLES

SECRET = "Anna Kowalska"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("test", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_failed_statement_does_not_quote_what_it_would_have_written(platform: Platform) -> None:
    with pytest.raises(DBAPIError) as failed, platform.database.transaction() as session:
        session.add(IdempotencyRow(scope=SECRET, key="k", fingerprint=None, created_at=platform.clock.now()))
        session.flush()
    assert SECRET not in str(failed.value)


@pytest.mark.parametrize("model", [CustomerDeactivated, EventEnvelope])
def test_an_event_that_is_not_of_its_form_is_not_quoted(
    model: type[CustomerDeactivated] | type[EventEnvelope],
) -> None:
    body = SAMPLES[CustomerDeactivated].model_dump(mode="json") | {"customer": SECRET, "id": SECRET}
    with pytest.raises(ValueError, match="validation error") as failed:
        model.model_validate(body)
    assert SECRET not in str(failed.value)


def test_a_log_line_leaves_out_the_row_that_postgresql_quotes(log: io.StringIO) -> None:
    error = ValueError(f"duplicate key\nDETAIL:  Key (name)=({SECRET}) already exists.\n[SQL: INSERT]")
    logs.logger("test").error("call failed", error=repr(error), exc_info=error)
    assert SECRET not in log.getvalue()
    assert "[SQL: INSERT]" in log.getvalue()


def test_a_log_line_leaves_out_addresses_that_a_mail_server_quotes(log: io.StringIO) -> None:
    answer = "550 <anna@example.com>: there is no anna@example.com here"
    logs.logger("test").warning("mail", problem=answer, message_id="443981fa")
    assert "anna@" not in log.getvalue()
    assert "550 <(address)>: there is no (address) here" in log.getvalue()
    assert "443981fa" in log.getvalue()


def test_the_trace_of_the_request_is_on_every_line(log: io.StringIO) -> None:
    with logs.tracing("trace-7"):
        logging.getLogger("some.library").warning("said")
        logs.logger("test").warning("said too")
    assert log.getvalue().count("trace-7") == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
@example('a\r\n{"service": "billing", "event": "payment"}')
@example("\x1b[2J\x1b[31mred\u2028\u2029\x85")
def test_no_text_forges_a_line_of_the_log(log: io.StringIO, text: str) -> None:
    """One entry is one line of JSON without a control character, whatever is in it (TRUST, check 24)."""
    log.seek(0)
    log.truncate()
    logs.logger("test").error("refused", said=text, **{"name": text})
    logging.getLogger("some.library").error("%s", text)
    lines = log.getvalue().splitlines()
    assert [json.loads(line)["service"] for line in lines] == ["test", "test"]
    assert all(line.isprintable() and line.isascii() for line in lines)
