"""A throwaway real Docker engine with sample data, for newcomers and for the tests.

``run`` starts a private ``dockerd`` in a temporary directory, fills it, runs a command against it and removes
everything. A keeper process owns the engine and sees to its end, whatever ends the command.
"""
