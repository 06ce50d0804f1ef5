"""Installs the programs that tests need, where HEADEND_TEST_INSTALL=1 allows it: `python -m tests.programs`."""

from tests.browser.chromium import chromium
from tests.real_servers.binaries import postgres_programs, prometheus_programs, rabbitmq_programs

if __name__ == "__main__":
    print(
        f"PostgreSQL in {postgres_programs()}, RabbitMQ in {rabbitmq_programs()}, "
        f"Prometheus in {prometheus_programs()}, browser {chromium() or 'missing'}"
    )
