"""Pages of referrals: for the sender, the provider and the returnee."""
