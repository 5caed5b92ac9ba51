"""Checks the tokens of callbacks with PyJWT, by the keys that the server's OpenID Connect document names."""

import json
import re
from urllib.request import urlopen

import jwt

DOCUMENT = "calling/.well-known/acsopenidconfiguration"


class TokenVerifier:
    def __init__(self, connection_string, audience):
        self.endpoint = re.search("endpoint=([^;]*)", connection_string, re.IGNORECASE)[1].rstrip("/")
        self.audience = audience
        self.issuer = None

    def discover(self):
        if self.issuer is None:
            with urlopen(f"{self.endpoint}/{DOCUMENT}") as response:
                document = json.load(response)
            self.keys = jwt.PyJWKClient(document["jwks_uri"])
            self.issuer = document["issuer"]

    def verify(self, authorization):
        """Returns the claims, or raises what is wrong with the token."""
        self.discover()
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer":
            raise ValueError("there is no bearer token")
        key = self.keys.get_signing_key_from_jwt(token)
        return jwt.decode(token, key, algorithms=["RS256"], audience=self.audience, issuer=self.issuer,
                          options={"require": ["exp", "nbf", "iss", "aud"]})
