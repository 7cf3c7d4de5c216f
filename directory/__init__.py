"""The product: listings, matching, referrals and the people who use them.

Queries read, operations write, views translate. Flask lives at the edge; everything else can be
called from a Python shell. Every concept has one home, and its name is the field's own word (HSDS).
Start with ``models/`` for the nouns, ``authz.py`` for who may do what, ``matching/criteria.py`` for
why a service fits, and ``referrals/lifecycle.py`` for the moves a referral can make.
"""
