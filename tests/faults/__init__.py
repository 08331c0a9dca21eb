"""Faults made on purpose, at every step a job can be in, and what must hold afterwards."""
