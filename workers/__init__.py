"""Scheduling beyond one process: which queues there are, who works them off, and when. What is done is in exchange."""
