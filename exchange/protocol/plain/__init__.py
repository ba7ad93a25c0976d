"""What the log alone says of everybody, and the fast way for a life without anything rare. Pure."""
