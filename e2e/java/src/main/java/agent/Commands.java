package agent;

import com.azure.communication.callautomation.CallAutomationClient;
import com.azure.communication.callautomation.CallAutomationClientBuilder;
import com.azure.communication.callautomation.CallConnection;
import com.azure.communication.callautomation.models.AddParticipantOptions;
import com.azure.communication.callautomation.models.AnswerCallOptions;
import com.azure.communication.callautomation.models.CallConnectionProperties;
import com.azure.communication.callautomation.models.CallInvite;
import com.azure.communication.callautomation.models.CallMediaRecognizeDtmfOptions;
import com.azure.communication.callautomation.models.CallParticipant;
import com.azure.communication.callautomation.models.CreateCallOptions;
import com.azure.communication.callautomation.models.DtmfTone;
import com.azure.communication.callautomation.models.FileSource;
import com.azure.communication.callautomation.models.PlaySource;
import com.azure.communication.callautomation.models.PlayToAllOptions;
import com.azure.communication.callautomation.models.TransferCallToParticipantOptions;
import com.azure.communication.common.CommunicationIdentifier;
import com.azure.communication.common.PhoneNumberIdentifier;
import com.azure.communication.identity.CommunicationIdentityClient;
import com.azure.communication.identity.CommunicationIdentityClientBuilder;
import com.azure.communication.identity.models.CommunicationTokenScope;
import com.azure.communication.identity.models.CommunicationUserIdentifierAndToken;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a test may tell the application to do: one call of the SDK each, named as in agent/commands.mjs. */
final class Commands {
    private final CallAutomationClient client;
    private final CommunicationIdentityClient identity;

    Commands(String connectionString) {
        client = new CallAutomationClientBuilder().connectionString(connectionString).buildClient();
        identity = new CommunicationIdentityClientBuilder().connectionString(connectionString).buildClient();
    }

    /** run has a command done and returns its result, as the JavaScript SDK has it, or null. */
    Object run(String command, JsonNode values) {
        switch (command) {
            case "createUserAndToken": return createUserAndToken(values);
            case "create": return create(values);
            case "answer": return answer(values);
            case "getCallProperties": return properties(connection(values).getCallProperties());
            case "listParticipants": return connection(values).listParticipants().stream().map(Commands::participant).toList();
            case "getParticipant": return participant(connection(values).getParticipant(identifier(values, "participant")));
            case "hangUp": connection(values).hangUp(values.get("forEveryone").asBoolean()); return null;
            case "add": return add(values);
            case "transfer": transfer(values); return null;
            case "playToAll": playToAll(values); return null;
            case "recognizeDtmf": recognizeDtmf(values); return null;
            default: throw new IllegalArgumentException("there is no command " + command);
        }
    }

    private Object createUserAndToken(JsonNode values) {
        List<CommunicationTokenScope> scopes = list(values.get("scopes"), CommunicationTokenScope::fromString);
        CommunicationUserIdentifierAndToken made = identity.createUserAndToken(scopes);
        return Map.of("user", Map.of("communicationUserId", made.getUser().getId()), "token", made.getUserToken().getToken());
    }

    private Object create(JsonNode values) {
        CreateCallOptions options = new CreateCallOptions(invite(values), values.get("callback").asText())
                .setOperationContext(context(values));
        return properties(client.createCallWithResponse(options, Context.NONE).getValue().getCallConnectionProperties());
    }

    private Object answer(JsonNode values) {
        AnswerCallOptions options = new AnswerCallOptions(values.get("context").asText(), values.get("callback").asText());
        return properties(client.answerCallWithResponse(options, Context.NONE).getValue().getCallConnectionProperties());
    }

    private Object add(JsonNode values) {
        AddParticipantOptions options = new AddParticipantOptions(invite(values)).setOperationContext(context(values));
        return participant(connection(values).addParticipantWithResponse(options, Context.NONE).getValue().getParticipant());
    }

    private void transfer(JsonNode values) {
        TransferCallToParticipantOptions options = new TransferCallToParticipantOptions(identifier(values, "target"))
                .setOperationContext(context(values));
        connection(values).transferCallToParticipantWithResponse(options, Context.NONE);
    }

    private void playToAll(JsonNode values) {
        List<PlaySource> sources = list(values.get("urls"), url -> new FileSource().setUrl(url));
        PlayToAllOptions options = new PlayToAllOptions(sources).setOperationContext(context(values));
        connection(values).getCallMedia().playToAllWithResponse(options, Context.NONE);
    }

    private void recognizeDtmf(JsonNode values) {
        CallMediaRecognizeDtmfOptions options =
                new CallMediaRecognizeDtmfOptions(identifier(values, "target"), values.get("maxTones").asInt());
        options.setStopTones(list(values.get("stopTones"), DtmfTone::fromString));
        options.setPlayPrompt(new FileSource().setUrl(values.get("prompt").asText())).setInterruptPrompt(values.get("interruptPrompt").asBoolean());
        options.setOperationContext(context(values));
        connection(values).getCallMedia().startRecognizingWithResponse(options, Context.NONE);
    }

    private CallConnection connection(JsonNode values) {
        return client.getCallConnection(values.get("connection").asText());
    }

    /** invite names a phone and the number that it sees. */
    private static CallInvite invite(JsonNode values) {
        PhoneNumberIdentifier number = new PhoneNumberIdentifier(values.get("callerNumber").asText());
        return new CallInvite((PhoneNumberIdentifier) identifier(values, "target"), number)
                .setSourceDisplayName(values.path("displayName").asText(null));
    }

    private static CommunicationIdentifier identifier(JsonNode values, String name) {
        return CommunicationIdentifier.fromRawId(values.get(name).asText());
    }

    private static String context(JsonNode values) {
        return values.path("operationContext").asText(null);
    }

    private static <T> List<T> list(JsonNode texts, Function<String, T> convert) {
        List<T> all = new ArrayList<>();
        texts.forEach(text -> all.add(convert.apply(text.asText())));
        return all;
    }

    private static Map<String, Object> properties(CallConnectionProperties p) {
        Map<String, Object> told = new HashMap<>(); // a call that begins has no server call id yet
        told.put("callConnectionId", p.getCallConnectionId());
        told.put("serverCallId", p.getServerCallId());
        told.put("callConnectionState", p.getCallConnectionState().toString());
        told.put("correlationId", p.getCorrelationId());
        return told;
    }

    private static Map<String, Object> participant(CallParticipant p) {
        String number = p.getIdentifier() instanceof PhoneNumberIdentifier phone ? phone.getPhoneNumber() : "";
        return Map.of("identifier", Map.of("phoneNumber", number), "isMuted", p.isMuted());
    }
}
