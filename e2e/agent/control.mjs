// Commands of call control: who comes, who goes, and who hears whom.
import { createIdentifierFromRawId } from "@azure/communication-common";

import { source } from "./media.mjs";

const identifier = (rawId) => createIdentifierFromRawId(rawId);

// common are the options that most operations take.
const common = ({ operationContext, operationCallback }) => ({
  operationContext,
  operationCallbackUrl: operationCallback,
});

export function control(client, invite) {
  const connection = ({ connection: id }) => client.getCallConnection(id);
  const media = (values) => connection(values).getCallMedia();
  return {
    createGroup: async ({ targets, callerNumber, callback }) =>
      (await client.createGroupCall(targets.map(identifier), callback, {
        sourceCallIdNumber: callerNumber && { phoneNumber: callerNumber },
      })).callConnectionProperties,
    connect: async ({ serverCallId, kind = "serverCallLocator", id = serverCallId, callback, streaming }) =>
      (await client.connectCall({ kind, id }, callback, { mediaStreamingOptions: streaming })).callConnectionProperties,
    redirect: ({ context, ...target }) => client.redirectCall(context, invite(target)),
    add: (values) =>
      connection(values).addParticipant(invite(values), {
        ...common(values),
        invitationTimeoutInSeconds: values.timeout,
      }),
    cancelAdd: (values) => connection(values).cancelAddParticipantOperation(values.invitation, common(values)),
    remove: (values) => connection(values).removeParticipant(identifier(values.target), common(values)),
    move: async (values) => {
      const moved = await connection(values).moveParticipants(values.targets.map(identifier), values.fromCall, common(values));
      return { fromCall: moved.fromCall, count: moved.participants?.length };
    },
    mute: (values) => connection(values).muteParticipant(identifier(values.target), common(values)),
    transfer: (values) =>
      connection(values).transferCallToParticipant(identifier(values.target), {
        ...common(values),
        customCallingContext: values.headers,
        transferee: values.transferee && identifier(values.transferee),
        sourceCallIdNumber: values.callerNumber && { phoneNumber: values.callerNumber },
      }),
    hold: (values) =>
      media(values).hold(identifier(values.target), {
        ...common(values),
        playSource: values.music && source(typeof values.music === "string" ? { url: values.music } : values.music),
      }),
    unhold: (values) => media(values).unhold(identifier(values.target), common(values)),
    startTones: (values) => media(values).startContinuousDtmfRecognition(identifier(values.target), common(values)),
    stopTones: (values) => media(values).stopContinuousDtmfRecognition(identifier(values.target), common(values)),
  };
}
