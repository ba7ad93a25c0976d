"""Administrative divisions, their history and succession, the calendar of working days and the deadlines."""
