"""What each pane shows: pure functions from the state to rows and lines. No terminal, no engine."""
