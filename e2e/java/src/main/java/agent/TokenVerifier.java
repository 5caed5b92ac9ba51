package agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the tokens of callbacks with nimbus-jose-jwt, by the keys that the server's OpenID Connect document names. */
final class TokenVerifier {
    private static final Pattern ENDPOINT = Pattern.compile("endpoint=([^;]*)", Pattern.CASE_INSENSITIVE);
    private static final String DOCUMENT = "/calling/.well-known/acsopenidconfiguration";

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    TokenVerifier(String connectionString, String audience) throws Exception {
        Matcher endpoint = ENDPOINT.matcher(connectionString);
        if (!endpoint.find()) {
            throw new IllegalArgumentException("the connection string names no endpoint");
        }
        JsonNode document = Agent.JSON.readTree(URI.create(endpoint.group(1).replaceAll("/$", "") + DOCUMENT).toURL());
        var keys = JWKSourceBuilder.create(URI.create(document.get("jwks_uri").asText()).toURL()).build();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
        JWTClaimsSet expected = new JWTClaimsSet.Builder().issuer(document.get("issuer").asText()).build();
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(audience, expected, Set.of("exp", "nbf")));
    }

    /** verify returns the claims, or throws what is wrong with the token. */
    Map<String, Object> verify(String authorization) throws Exception {
        if (authorization == null || !authorization.startsWith("Bearer ")) {
            throw new IllegalArgumentException("there is no bearer token");
        }
        JWTClaimsSet claims = processor.process(authorization.substring("Bearer ".length()), null);
        return claims.toJSONObject();
    }
}
