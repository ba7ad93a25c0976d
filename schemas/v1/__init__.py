"""The wire formats of version 1 of the API."""
