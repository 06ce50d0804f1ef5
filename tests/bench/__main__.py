"""`make bench`: all benches, or `python -m tests.bench NAME ...` some of them.

HEADEND_BENCH_SCALE=0.1 measures a tenth of everything, to see that the bench itself works.
"""

import sys
from collections.abc import Callable

from tests.bench.bench_billing_run import billing_run
from tests.bench.bench_dashboard import dashboard
from tests.bench.bench_events import events
from tests.bench.bench_mail import mail
from tests.bench.bench_pages import pages
from tests.bench.bench_payments import payments
from tests.bench.bench_report import report
from tests.bench.bench_search import search
from tests.bench.figures import Figure, table
from tests.bench.house import House, open_house, scale
from tests.real_servers.servers import HOW_TO_GET_THEM, ServerMissing

BENCHES: dict[str, Callable[[House], list[Figure]]] = {
    "search": search,
    "dashboard": dashboard,
    "run": billing_run,
    "payments": payments,
    "mail": mail,
    "report": report,
    "events": events,
    "pages": pages,
}


def main(names: list[str]) -> int:
    """Measure and print the table; 1 where a figure was missed at full scale, 2 for an unknown name."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench {unknown[0]}; there are {', '.join(BENCHES)}.")
        return 2
    try:
        figures = _measured([name for name in BENCHES if not names or name in names])
    except ServerMissing as missing:
        print(f"*** The bench was SKIPPED: {missing}. To run it: {HOW_TO_GET_THEM}.")
        return 1
    print(f"\n{table(figures)}")
    missed = [figure.what for figure in figures if figure.missed]
    if scale() != 1:
        print(f"\nAt scale {scale()}: what is asked of the figures is asked at scale 1.")
        return 0
    print(f"\n{len(missed)} missed: {'; '.join(missed)}" if missed else "\nEvery figure holds.")
    return 1 if missed else 0


def _measured(names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    with open_house() as house:
        for name in names:
            print(f"... {name}", flush=True)
            made = BENCHES[name](house)
            print(table(made), flush=True)
            figures += made
            house.settle()
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
