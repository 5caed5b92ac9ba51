// What a test may tell the application to do: one SDK call each.
import { createIdentifierFromRawId } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";

import { CallAutomationClient } from "./callautomation.mjs";
import { control } from "./control.mjs";
import { management } from "./management.mjs";
import { media } from "./media.mjs";
import { recordings } from "./recordings.mjs";
import { rooms } from "./rooms.mjs";
import { telephony } from "./telephony.mjs";

const identifier = (rawId) => createIdentifierFromRawId(rawId);
// invite is the SDK's CallInvite of a target: numbers need a caller's number.
const invite = ({ target, callerNumber, displayName, headers }) => ({
  targetParticipant: identifier(target),
  sourceCallIdNumber: callerNumber && { phoneNumber: callerNumber },
  sourceDisplayName: displayName,
  customCallingContext: headers,
});

export function commandsOf(connectionString, sourceIdentity, web) {
  const options = sourceIdentity ? { sourceIdentity: { communicationUserId: sourceIdentity } } : {};
  const client = new CallAutomationClient(connectionString, options);
  return {
    ...calls(client),
    ...media(client),
    ...control(client, invite),
    ...management(/endpoint=(https?:\/\/[^;]*?)\/?(;|$)/i.exec(connectionString)[1]),
    ...recordings(client),
    ...rooms(connectionString),
    ...telephony(connectionString),
    ...identities(new CommunicationIdentityClient(connectionString)),
    // The answer of a path to what is posted there from now on: a status, after a delay.
    respond: ({ path, status, delay }) => web.respond(path, { status, delay }),
  };
}

// properties are what createCall and answerCall tell; the rest of the SDK's
// result are objects to go on with.
const properties = ({ callConnectionProperties }) => callConnectionProperties;

function calls(client) {
  const connection = ({ connection: id }) => client.getCallConnection(id);
  return {
    answer: async ({ context, callback, operationContext, streaming, transcription }) =>
      properties(
        await client.answerCall(context, callback, {
          operationContext,
          mediaStreamingOptions: streaming,
          transcriptionOptions: transcription,
        }),
      ),
    reject: async ({ context, reason }) => {
      let chain;
      const onResponse = ({ headers }) => (chain = headers.get("x-microsoft-skype-chain-id"));
      await client.rejectCall(context, { callRejectReason: reason, onResponse });
      return { chain };
    },
    create: async ({ callback, operationContext, streaming, transcription, ...target }) =>
      properties(
        await client.createCall(invite(target), callback, {
          operationContext,
          mediaStreamingOptions: streaming,
          transcriptionOptions: transcription,
        }),
      ),
    getCallProperties: (values) => connection(values).getCallConnectionProperties(),
    listParticipants: async (values) => (await connection(values).listParticipants()).values,
    getParticipant: (values) => connection(values).getParticipant(identifier(values.participant)),
    hangUp: (values) => connection(values).hangUp(values.forEveryone),
  };
}

function identities(client) {
  const user = ({ user: id }) => ({ communicationUserId: id });
  return {
    createUser: () => client.createUser(),
    createUserAndToken: ({ scopes }) => client.createUserAndToken(scopes),
    getToken: (values) => client.getToken(user(values), values.scopes),
    revokeTokens: (values) => client.revokeTokens(user(values)),
    deleteUser: (values) => client.deleteUser(user(values)),
  };
}
