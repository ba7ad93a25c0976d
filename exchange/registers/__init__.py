"""A town's register as a table: taken in as an opening balance, and given out again in the same columns."""
