"""One module for each full-text engine."""
