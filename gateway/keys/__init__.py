"""The keys that access tokens are signed with 签名密钥."""
