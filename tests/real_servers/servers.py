"""The door to the real servers, inside pytest (through the fixtures) and outside (scenario, bench).

    with postgres_server() as postgres, rabbitmq_server() as rabbitmq:
        with postgres.databases("billing", "notify") as urls, rabbitmq.vhost() as amqp_uri:
            ...

`postgres_server` and `rabbitmq_server` take the servers named by HEADEND_TEST_DATABASE_URL and
HEADEND_TEST_AMQP_URI, else start private ones. Whoever must stop, restart or kill a server asks for
`private_postgres` or `private_rabbitmq`.
"""

from tests.real_servers.binaries import HOW_TO_GET_THEM, ServerMissing
from tests.real_servers.postgres import PostgresServer, PrivatePostgres, postgres_server, private_postgres
from tests.real_servers.rabbitmq import PrivateRabbit, RabbitServer, private_rabbitmq, rabbitmq_server

__all__ = [
    "HOW_TO_GET_THEM",
    "PostgresServer",
    "PrivatePostgres",
    "PrivateRabbit",
    "RabbitServer",
    "ServerMissing",
    "postgres_server",
    "private_postgres",
    "private_rabbitmq",
    "rabbitmq_server",
]
