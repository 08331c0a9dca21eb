"""What the actions of the registry do, each the method ``do_<id>`` of one of these classes."""
