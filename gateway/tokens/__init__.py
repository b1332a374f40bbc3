"""Access tokens: for a password, a refresh token or a client's secret 令牌."""
