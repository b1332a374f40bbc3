"""Programs that call by themselves 客户端: of organisations, other systems, and the services."""
