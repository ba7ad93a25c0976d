"""Real servers out of wheels, and our own processes beside them: the server setting on one machine, for a while."""
