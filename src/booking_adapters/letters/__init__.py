"""Notices in words: the words of the house, and those that a business writes itself."""
