"""Tells other programs that public listings have changed, by signed calls to their addresses."""
