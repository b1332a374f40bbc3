"""Sessions of officers and the revocation of tokens 会话与注销."""
