"""Telling: what an office owes to others, rule by rule (DESIGN.md T1 to T5 and "Sharper still")."""
