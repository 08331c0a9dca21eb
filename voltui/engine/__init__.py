"""The async adapter to a Docker Engine API. The only importer of ``docker``."""
