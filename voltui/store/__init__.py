"""Where backups are kept: listing, finding by id, atomic publishing."""
