"""Invented organizations, services, accounts, cases and referrals, always marked as such."""
