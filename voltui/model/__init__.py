"""What exists: volumes, containers, mounts, backups. Standard library only, no input or output."""
