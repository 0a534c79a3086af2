"""Adapters: they connect the ports of the core to storages, services and people."""
