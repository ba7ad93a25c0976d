"""Questions between two offices: put, sent on, answered, decided, and over. Pure."""
