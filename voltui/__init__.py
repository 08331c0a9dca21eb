"""VolTUI: a terminal explorer for the data of containers."""

__version__ = "0.1.0"
