"""Listings that may be one: finding, merging, taking back."""
