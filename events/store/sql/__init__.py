"""The stored form in tables, the same for every database."""
