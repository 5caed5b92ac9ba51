// Checks the tokens of callbacks as Azure's documentation tells applications to:
// RS256, by the keys that the server's OpenID Connect document names.
import { createPublicKey, verify } from "node:crypto";

const document = "calling/.well-known/acsopenidconfiguration";

const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));

async function fetchJSON(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

// tokenVerifier returns a function from an Authorization header to the token's
// claims; what is wrong with the token is thrown. The audience is the test's to
// check: a connection string does not name the resource.
export function tokenVerifier(connectionString) {
  const endpoint = /endpoint=([^;]*)/i.exec(connectionString)[1];
  let discovered;
  const discover = async () => {
    const { issuer, jwks_uri } = await fetchJSON(new URL(document, endpoint));
    return { issuer, keys: (await fetchJSON(jwks_uri)).keys };
  };

  return async (authorization) => {
    const [header, payload, signature] = (authorization ?? "").replace(/^Bearer /, "").split(".");
    if (!signature) throw new Error("there is no bearer token");
    const { alg, kid } = decode(header);
    if (alg !== "RS256") throw new Error(`the token is signed with ${alg}`);
    discovered ??= discover();
    const { issuer, keys } = await discovered;
    const key = keys.find((each) => each.kid === kid);
    if (!key) throw new Error(`no published key has the id ${kid}`);
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify("RSA-SHA256", signed, createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64url")))
      throw new Error("the signature is wrong");
    const claims = decode(payload);
    const now = Date.now() / 1000;
    if (claims.iss !== issuer) throw new Error(`the issuer is ${claims.iss}, published is ${issuer}`);
    if (!(claims.nbf <= now + 5 && now < claims.exp)) throw new Error("the token is not valid now");
    return claims;
  };
}
