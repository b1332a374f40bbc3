"""Officers' accounts 用户."""
