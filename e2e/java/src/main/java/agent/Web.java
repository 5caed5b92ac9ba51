package agent;

import com.azure.communication.callautomation.CallAutomationEventParser;
import com.azure.communication.callautomation.models.events.CallAutomationEventBase;
import com.azure.communication.callautomation.models.events.ResultInformation;
import com.azure.messaging.eventgrid.EventGridEvent;
import com.azure.messaging.eventgrid.SystemEventNames;
import com.azure.messaging.eventgrid.systemevents.AcsIncomingCallEventData;
import com.azure.messaging.eventgrid.systemevents.SubscriptionValidationEventData;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** The application's own web server: its Event Grid webhook, its callbacks, and the WAV files that it has played. */
final class Web {
    private final HttpServer server;
    private final Path sounds;
    private final TokenVerifier verifier;

    Web(String sounds, TokenVerifier verifier) throws IOException {
        this.sounds = Path.of(sounds);
        this.verifier = verifier;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/wav/", this::serveSound);
        server.createContext("/", this::take);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void serveSound(HttpExchange request) throws IOException {
        Path file = sounds.resolve(Path.of(request.getRequestURI().getPath()).getFileName());
        if (Files.isRegularFile(file)) {
            answer(request, 200, "audio/wav", Files.readAllBytes(file));
        } else {
            answer(request, 404, "text/plain", new byte[0]);
        }
    }

    private void take(HttpExchange request) throws IOException {
        String text = new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        byte[] body = new byte[0];
        int status = 200;
        try {
            String kind = request.getRequestHeaders().getFirst("aeg-event-type");
            if ("SubscriptionValidation".equals(kind)) {
                body = validate(text);
            } else {
                Map<String, Object> line = new HashMap<>(kind != null ? gridEvent(text) : callback(request, text));
                line.putAll(Map.of("path", request.getRequestURI().getPath(), "status", status, "raw", Agent.JSON.readTree(text)));
                Agent.write(line);
            }
        } catch (Exception e) { // the test fails on it
            status = 500;
            Agent.write(Map.of("event", "error", "path", request.getRequestURI().getPath(), "message", e.toString()));
        }
        answer(request, status, "application/json", body);
    }

    private static byte[] validate(String text) throws IOException {
        EventGridEvent event = EventGridEvent.fromString(text).get(0);
        String code = event.getData().toObject(SubscriptionValidationEventData.class).getValidationCode();
        return Agent.JSON.writeValueAsBytes(Map.of("validationResponse", code));
    }

    private static Map<String, Object> gridEvent(String text) {
        EventGridEvent event = EventGridEvent.fromString(text).get(0);
        boolean known = SystemEventNames.COMMUNICATION_INCOMING_CALL.equals(event.getEventType());
        AcsIncomingCallEventData data = event.getData().toObject(AcsIncomingCallEventData.class);
        Map<String, Object> read = Map.of(
                "incomingCallContext", data.getIncomingCallContext(),
                "serverCallId", data.getServerCallId(),
                "from", Map.of("rawId", data.getFromCommunicationIdentifier().getRawId()));
        return Map.of("event", "grid", "known", known, "parsed", List.of(Map.of("data", read)));
    }

    private Map<String, Object> callback(HttpExchange request, String text) throws Exception {
        Map<String, Object> claims = verifier.verify(request.getRequestHeaders().getFirst("Authorization"));
        List<CallAutomationEventBase> events = CallAutomationEventParser.parseEvents(text);
        return Map.of("event", "callback", "claims", claims, "parsed", read(events.get(0)));
    }

    /** read tells what the SDK has made of an event: the name of its class, and what its getters return. */
    private static Map<String, Object> read(CallAutomationEventBase event) throws ReflectiveOperationException {
        Map<String, Object> told = new HashMap<>();
        told.put("kind", event.getClass().getSimpleName());
        told.put("operationContext", event.getOperationContext());
        for (Method getter : event.getClass().getMethods()) {
            if (getter.getName().equals("getResultInformation") && getter.invoke(event) instanceof ResultInformation result) {
                told.put("resultInformation", Map.of("code", result.getCode(), "subCode", result.getSubCode()));
            }
        }
        return told;
    }

    private static void answer(HttpExchange request, int status, String type, byte[] body) throws IOException {
        request.getResponseHeaders().set("Content-Type", type);
        request.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (var out = request.getResponseBody()) {
            out.write(body);
        }
    }
}
