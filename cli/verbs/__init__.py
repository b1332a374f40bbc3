"""What officers do at a terminal: over HTTP, through the gateway, with their own account."""
