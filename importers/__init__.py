"""Files in, reviewed plan out, applied through the directory's own operations."""
