"""First accounts and clients 初始账号."""
