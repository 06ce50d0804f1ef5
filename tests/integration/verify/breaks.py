"""Service, statement that breaks a row, what verify says of it. `{json}` and `{uuid}` are casts on PostgreSQL."""

ONE_INVOICE = "SELECT min(number) FROM invoices"
ONE_PAYMENT = "SELECT min(number) FROM payments"
ONE_CHARGE = "SELECT id FROM charges WHERE settled_minor = 0 ORDER BY id LIMIT 1"
ONE_MESSAGE = "SELECT id FROM messages WHERE template = 'payment_made' ORDER BY id LIMIT 1"
ONE_EVENT = "SELECT event_id FROM outbox WHERE type = 'PaymentMade' ORDER BY id LIMIT 1"
ONE_RECEIVED = "SELECT event_id FROM inbox WHERE type = 'PaymentMade' ORDER BY event_id LIMIT 1"
ONE_SUBSCRIPTION = "SELECT id FROM subscriptions WHERE status = 'active' ORDER BY id LIMIT 1"
ID = "'00000000000000000000000000000001'"

BREAKS = [
    # I1
    ("billing", f"UPDATE payments SET answer = replace(CAST(answer AS TEXT), number, 'MAIN-2026-999999'){{json}} WHERE number = ({ONE_PAYMENT})",
     "Payments whose answer names another number: 1\n    MAIN-2026-000001"),
    # I2
    ("billing", f"DELETE FROM invoices WHERE number = ({ONE_INVOICE})", "Payments without an invoice: 1\n    MAIN-2026-000001"),
    ("billing", f"UPDATE invoices SET total_minor = total_minor - 1 WHERE number = ({ONE_INVOICE})",
     "lines, total and payment differ: 1\n    MAIN-2026-000001: payment MAIN-2026-000001 is 25000, the total 24999, the lines 25000"),
    ("billing", f"UPDATE invoices SET snapshot = replace(CAST(snapshot AS TEXT), '25000', '25001'){{json}} WHERE number = ({ONE_INVOICE})",
     "the total 25000, the lines 25001"),
    ("billing", "UPDATE journal_lines SET amount_minor = amount_minor + 1 WHERE account = 'bank'", "do not sum to zero: 1\n    entry "),
    ("billing", "DELETE FROM journal_lines WHERE entry_id = (SELECT id FROM journal_entries WHERE kind = 'cash_count')",
     "Journal entries without lines: 1"),
    ("billing", f"UPDATE charges SET amount_minor = amount_minor + 1 WHERE id = ({ONE_CHARGE})",
     "balance is not charges minus payments: 1\n    customer "),
    ("billing", f"UPDATE charges SET settled_minor = 1 WHERE id = ({ONE_CHARGE})", "settled 1, allocated 0"),
    ("billing", "UPDATE allocations SET amount_minor = amount_minor - 1", "amount 25000, allocations 24999"),
    ("billing", "DELETE FROM payment_voids WHERE reason = 'Paid twice.'", "Reversing entries without a void: 1"),
    ("billing", "UPDATE cash_sessions SET expected_minor = 1 WHERE closed_at IS NOT NULL", "Closed cash desks that expected"),
    # I3
    ("billing", f"DELETE FROM payments WHERE number = ({ONE_PAYMENT})", "MAIN-2026-000002 comes after 0"),
    ("billing", "UPDATE counters SET last = last + 1 WHERE series = 'invoice'", "the counter is at 6, there are 5 numbers up to 5"),
    ("billing", f"UPDATE invoices SET number = 'MAIN-26-1' WHERE number = ({ONE_INVOICE})", "written like MAIN-2026-000001: 1\n    MAIN-26-1"),
    # I4
    ("notify", f"DELETE FROM messages WHERE id = ({ONE_MESSAGE})", "Invoices without a message: 1\n    event "),
    ("notify", "DELETE FROM messages WHERE template = 'dues_outstanding'", "Events DuesOutstanding without a message: 2"),
    ("notify", f"UPDATE messages SET state = 'lost' WHERE id = ({ONE_MESSAGE})", "in a state that there is not: 1"),
    ("notify", f"UPDATE messages SET state = 'queued' WHERE id = ({ONE_MESSAGE})", "waiting, and never tried again: 1"),
    ("notify", f"UPDATE messages SET state = 'failed', problem = NULL WHERE id = ({ONE_MESSAGE})", "given up without a reason: 1"),
    ("notify", f"UPDATE messages SET state = 'unknown' WHERE id = ({ONE_MESSAGE})", "of unknown outcome without a reason: 1"),
    ("notify", f"UPDATE messages SET state = 'sending', next_attempt_at = '2026-01-01 00:00:00+00:00' WHERE id = ({ONE_MESSAGE})",
     "sending came to no end: 1"),
    ("billing", f"DELETE FROM outbox WHERE event_id = ({ONE_EVENT})", "Payments without just one event PaymentMade: 1"),
    # I5 and I6
    ("billing", f"UPDATE outbox SET sent_at = NULL WHERE event_id = ({ONE_EVENT})", "outbox of billing (outbox unsent): 1"),
    ("notify", f"UPDATE inbox SET state = 'parked', last_error = 'no such town' WHERE event_id = ({ONE_RECEIVED})", "no such town"),
    ("notify", f"UPDATE inbox SET state = 'pending' WHERE event_id = ({ONE_RECEIVED})", "the reaction waits (inbox pending)"),
    ("reports", f"DELETE FROM inbox WHERE event_id = ({ONE_RECEIVED})", "Events PaymentMade that reports has not done: 1"),
    ("billing", f"UPDATE outbox SET event_id = {ID} WHERE event_id = ({ONE_EVENT})", "Events that reports has and billing does not know"),
    ("reports", "INSERT INTO repair_cursors VALUES ('billing', 900000, '2026-01-01 00:00:00+00:00')", "Repair of reports is ahead of billing"),
    # I7
    ("billing", "UPDATE runs SET state = 'failed', problem = 'no more paper' WHERE kind = 'dunning'", "no more paper"),
    ("reports", "UPDATE jobs SET state = 'running', lease_until = '2026-01-01 00:00:00+00:00'", "Jobs that stopped in reports"),
    # I8
    ("billing", f"UPDATE subscriptions SET status = 'closed' WHERE id = ({ONE_SUBSCRIPTION})", "history does not lead to their status: "),
    ("billing", "UPDATE subscription_moves SET from_status = 'closed' WHERE from_status = 'active'", "moved as no rule allows"),
    ("customers", "DELETE FROM complaint_moves WHERE step = 'resolved'", "Complaints whose history"),
    # copies and the read model
    ("notify", "UPDATE customers_copy SET version = 0 WHERE id = (SELECT min(CAST(id AS TEXT)) {uuid} FROM customers_copy)",
     "Copies of customers in notify that are not what customers has: 1"),
    ("billing", "UPDATE branches_copy SET version = version + 1", "Copies of branches in billing"),
    ("reports", "DELETE FROM payment_voids", "billing has voided, reports stands"),
    ("reports", "UPDATE charges SET period = '2026-10' WHERE id = (SELECT id FROM charges ORDER BY id LIMIT 1)", "billing has 2026-11, reports 2026-10"),
    ("reports", f"UPDATE payments SET invoice_number = 'X' WHERE number = ({ONE_PAYMENT})", "billing has MAIN-2026-000001, reports X"),
    ("reports", "DELETE FROM subscriptions_copy WHERE status = 'voluntary_stop'", "only in billing"),
    ("reports", "UPDATE figures SET minor = minor + 1 WHERE kind = 'takings'", "Figures of the dashboard"),
]  # fmt: skip
