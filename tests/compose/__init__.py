"""The stack of docker-compose.yml from nothing, looked at from outside: `make test-compose`."""
