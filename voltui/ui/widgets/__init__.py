"""Widgets of lines: each repaints only the cells that changed."""
