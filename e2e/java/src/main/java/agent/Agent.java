package agent;

import com.azure.core.exception.HttpResponseException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A customer's application in Java, for the end-to-end tests: the unmodified SDKs, driven by JSON lines.
 *
 * <p>It speaks the protocol of agent/agent.mjs: {"id", "command", "arguments"} on standard input, {"reply": id, ...} and
 * {"event": ...} on standard output. The test takes every decision.
 *
 * <p>Environment: CONNECTION_STRING, SOUNDS (a directory of WAV files), AUDIENCE (of callbacks' tokens).
 */
public final class Agent {
    static final ObjectMapper JSON = new ObjectMapper();

    private Agent() {}

    public static void main(String[] arguments) throws Exception {
        String connection = System.getenv("CONNECTION_STRING");
        Commands commands = new Commands(connection);
        Web web = new Web(System.getenv("SOUNDS"), new TokenVerifier(connection, System.getenv("AUDIENCE")));
        write(Map.of("event", "ready", "url", web.url()));
        ExecutorService work = Executors.newCachedThreadPool();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
            JsonNode line = JSON.readTree(text);
            work.submit(() -> write(run(commands, line)));
        }
        System.exit(0); // the test is over
    }

    /** write prints one line. */
    static synchronized void write(Map<String, Object> line) {
        try {
            System.out.println(JSON.writeValueAsString(line));
        } catch (IOException e) {
            throw new IllegalStateException("a line that is no JSON", e);
        }
    }

    private static Map<String, Object> run(Commands commands, JsonNode line) {
        Map<String, Object> reply = new HashMap<>();
        reply.put("reply", line.get("id").asText());
        try {
            reply.put("result", commands.run(line.get("command").asText(), line.path("arguments")));
        } catch (Exception e) { // whatever the SDK throws is the test's to judge
            reply.put("error", describe(e));
        }
        return reply;
    }

    private static Map<String, Object> describe(Exception e) {
        e.printStackTrace(); // the test shows it if it fails
        Map<String, Object> told = new HashMap<>();
        told.put("name", e.getClass().getSimpleName());
        told.put("message", String.valueOf(e.getMessage()));
        if (e instanceof HttpResponseException failed && failed.getResponse() != null) {
            told.put("statusCode", failed.getResponse().getStatusCode());
            told.put("code", code(failed.getResponse().getBodyAsString().block()));
        }
        return told;
    }

    /** code is the error code of a body, or null. */
    private static String code(String body) {
        try {
            return JSON.readTree(body).path("error").path("code").asText(null);
        } catch (IOException | IllegalArgumentException e) {
            return null; // no JSON, or no body
        }
    }
}
