"""The terminal interface: screens, widgets, one registry of actions. Workers post, handlers change the state."""
