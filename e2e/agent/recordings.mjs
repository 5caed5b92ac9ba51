// Recordings: the SDK's operations and downloads. SDKs download from hosts of
// asm.skype.com only; where the application runs, such a name leads to the product,
// as an entry in /etc/hosts would have it.
import dns from "node:dns";
import { createIdentifierFromRawId } from "@azure/communication-common";

const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".asm.skype.com") ? "localhost" : name, ...rest);

const locator = ({ serverCallId, group, room }) =>
  serverCallId
    ? { kind: "serverCallLocator", id: serverCallId }
    : group
      ? { kind: "groupCallLocator", id: group }
      : { kind: "roomCallLocator", id: room };

export function recordings(client) {
  const recording = client.getCallRecording();
  return {
    startRecording: ({ connection, callback, content, channel, format, paused, ordering, affinity, container, ...call }) =>
      recording.start({
        ...(connection ? { callConnectionId: connection } : { callLocator: locator(call) }),
        recordingStateCallbackEndpointUrl: callback,
        recordingContent: content,
        recordingChannel: channel,
        recordingFormat: format,
        pauseOnStart: paused,
        ...(container && { recordingStorage: { recordingStorageKind: "azureBlobStorage", recordingDestinationContainerUrl: container } }),
        audioChannelParticipantOrdering: ordering?.map(createIdentifierFromRawId),
        channelAffinity: affinity?.map(({ channel, participant }) => ({ channel, targetParticipant: createIdentifierFromRawId(participant) })),
      }),
    recordingState: ({ recording: id }) => recording.getState(id),
    pauseRecording: ({ recording: id }) => recording.pause(id),
    resumeRecording: ({ recording: id }) => recording.resume(id),
    stopRecording: ({ recording: id }) => recording.stop(id),
    // A file, or a part of it, as base64.
    downloadRecording: async ({ url, offset, length }) => {
      const parts = [];
      for await (const part of await recording.downloadStreaming(url, { offset, length })) parts.push(part);
      return { content: Buffer.concat(parts).toString("base64") };
    },
    deleteRecording: ({ url }) => recording.delete(url),
  };
}
