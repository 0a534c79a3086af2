"""Addresses of a tenant's own that are told what happened, and what is owed to them."""
