"""Real PostgreSQL and RabbitMQ servers for tests, scenario and bench: named ones, else throw-away ones."""
