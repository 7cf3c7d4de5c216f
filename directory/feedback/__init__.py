"""Feedback and complaints from anyone, without an account, answered under a tracking code."""
