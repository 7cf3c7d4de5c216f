"""Returnees, their needs and their consent."""
