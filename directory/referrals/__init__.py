"""Handing a person over, and following the hand-over to a confirmed outcome."""
