"""What two offices hold, side by side: what *equal* means, and who may be one human. Pure."""
