"""Public keys as RFC 7517 and RFC 8037 write them."""

from pydantic import BaseModel, Field


class Jwk(BaseModel):
    """One public Ed25519 key."""

    kty: str
    crv: str
    use: str
    alg: str
    kid: str
    x: str = Field(description="公钥 the public key, base64url")


class Jwks(BaseModel):
    """The keys that tokens of this platform are verified with."""

    keys: list[Jwk]
