"""Benchmarks: each prints its data size, n, median and p95, and the comparison taken in the same run."""
