"""Flask glue that every view may use."""
