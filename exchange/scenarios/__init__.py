"""Scenarios: short stories as data, played through the public API, and compared with what was written beforehand."""
