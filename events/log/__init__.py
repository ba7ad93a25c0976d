"""The log: that nothing was altered, provable by anyone who keeps a checkpoint."""
