"""Coverage gaps and outcomes."""
