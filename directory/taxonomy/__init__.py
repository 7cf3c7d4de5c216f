"""Needs and categories of service."""
