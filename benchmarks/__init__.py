"""Workloads and baselines; `make bench` runs them. Nothing here is asserted in a timed test."""
