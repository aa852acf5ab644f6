"""One module per service: `make(world)` creates, reads back and changes, and registers how to remove what it made."""
