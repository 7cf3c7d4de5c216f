"""Profiles of areas: what life and work are like there, in words and in figures."""
