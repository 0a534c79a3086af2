"""Requests to addresses that tenants and browsers gave us: public ones only, bounded in time and size."""
