"""The backup format: strict tar reader, index, manifest, zstd, packing, unpacking and verification.

Nothing here knows an engine: bytes come from a source and go to a sink.
"""
