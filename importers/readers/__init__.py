"""One reader for each file format: bytes in, rows out, nothing else."""
