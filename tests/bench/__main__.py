"""`make bench`: all benches in one house, or `python -m tests.bench NAME ...` some of them.

`python -m tests.bench replicas` brings up docker-compose.yml instead, so it needs Docker and is run by name alone.

HEADEND_BENCH_SCALE=0.1 measures a tenth of everything, to see that the bench itself works.
"""

import os
import sys
from collections.abc import Callable

from tests.bench.bench_billing_run import billing_run
from tests.bench.bench_dashboard import dashboard
from tests.bench.bench_events import events
from tests.bench.bench_mail import mail
from tests.bench.bench_pages import pages
from tests.bench.bench_payments import payments
from tests.bench.bench_replicas import replicas
from tests.bench.bench_report import report
from tests.bench.bench_search import search
from tests.bench.bench_soak import soak
from tests.bench.figures import Figure, table
from tests.bench.house import House, open_house, scale
from tests.compose.docker import DockerMissing
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
    "soak": soak,
}
ONLY_BY_NAME = frozenset({"soak"})
"""What takes too long to run with all the others."""


def main(names: list[str]) -> int:
    """Measure and print the table; 1 where a figure was missed at full scale, 2 for an unknown name."""
    if names == ["replicas"]:
        return _said(_replicas())
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench {unknown[0]}; there are {', '.join(BENCHES)}, and by itself replicas.")
        return 2
    try:
        figures = _measured(
            [name for name in BENCHES if (name in names if names else name not in ONLY_BY_NAME)]
        )
    except ServerMissing as missing:
        print(f"*** The bench was SKIPPED: {missing}. To run it: {HOW_TO_GET_THEM}.")
        return 1
    return _said(figures)


def _replicas() -> list[Figure]:
    try:
        return replicas()
    except DockerMissing as missing:
        print(f"*** The bench was SKIPPED: {missing}.")
        return []


def _said(figures: list[Figure]) -> int:
    """Print the table; 1 where a figure was missed at full scale."""
    print(f"\n{table(figures)}\nload average: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
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
