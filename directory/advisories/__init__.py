"""Warnings about areas, what they stop, and whom they concern."""
