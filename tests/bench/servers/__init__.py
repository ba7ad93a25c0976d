"""The figures of the server setting: a PostgreSQL of one's own that survives power loss, and processes beside it."""
