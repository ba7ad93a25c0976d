"""Printable letters to offices outside the exchange, in Chinese and English."""
