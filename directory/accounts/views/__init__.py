"""Pages of accounts: one's own, and the administrator's."""
