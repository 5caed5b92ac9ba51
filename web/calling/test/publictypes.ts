// Compiled, not run: what applications may write, and what the compiler must refuse.
import { CallClient, CallKind, Features, LocalAudioStream, LocalVideoStream, RecordingState, VideoStreamRenderer, type Call, type CallAgent, type DtmfTone, type RemoteParticipant } from "@switchhook/calling";
import type { AudioIssue, BreakoutRoom, CallCommon, CallConstraints, DebugInfoCallClientFeature, GroupLocator, IncomingCallEvent, MediaStatsReportSampleEvent, MediaStatValue, NetworkConfiguration, OutgoingVideoMediaStats, OvcChangeReason, RealTimeTextFeature } from "@switchhook/calling";
import { AzureCommunicationTokenCredential, type CommunicationIdentifier } from "@azure/communication-common";

export async function use(token: string): Promise<void> {
  const client = new CallClient({ diagnostics: { appName: "test", tags: ["a"] } });
  const agent: CallAgent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName: "Ada" });
  agent.on("incomingCall", ({ incomingCall }) => void incomingCall.accept({ audioOptions: { muted: true } }));
  const call: Call = agent.join({ roomId: "1" });
  call.on("remoteParticipantsUpdated", ({ added }) => added.forEach((person: RemoteParticipant) => person.isMuted));
  call.on("stateChanged", () => call.state === "Connected");
  const tone: DtmfTone = "Num1";
  await call.sendDtmf(tone);
  agent.startCall([{ communicationUserId: "8:acs:a" }]);
  agent.startCall([{ phoneNumber: "+15550100" }], { alternateCallerId: { phoneNumber: "+15550101" } });
  const recording = call.feature(Features.Recording);
  recording.on("isRecordingActiveChanged", () => recording.recordings.map((one) => one.state === RecordingState.Started));
  call.feature(Features.Capabilities).on("capabilitiesChanged", ({ newValue }) => newValue.unmuteMic?.isPresent);
  const [camera] = await (await client.getDeviceManager()).getCameras();
  await new VideoStreamRenderer(new LocalVideoStream(camera)).createView({ scalingMode: "Crop" });
  await call.startAudio(new LocalAudioStream(new MediaStream()));

  const network: NetworkConfiguration = { turn: { iceServers: [{ urls: ["turn:127.0.0.1:3478"] }] } };
  const info: DebugInfoCallClientFeature = new CallClient({ networkConfiguration: network }).feature(Features.DebugInfo);
  info.dispose();
  const rang: IncomingCallEvent = ({ incomingCall }) => incomingCall.info.onCallInfoChanged("callInfoChanged", () => {});
  agent.on("incomingCall", rang);
  const locator: GroupLocator = { groupId: "29228d3e-040e-4656-a70e-890ab4e173e5" };
  agent.join(locator).info.offCallInfoChanged("callInfoChanged", () => {});
  const constraints: CallConstraints = { video: { send: { frameRate: { max: 15 }, bitrate: { ideal: 500_000 } } } };
  await call.setConstraints(constraints);
  call.feature(Features.DataChannel).createDataChannelSender({ channelId: 1000 });
  const texts: RealTimeTextFeature = call.feature(Features.RealTimeText);
  texts.on("realTimeTextReceived", ({ sender }) => sender.endpointDetails[0]?.participantId);
  const small = (sent: OutgoingVideoMediaStats<number, string>): boolean => (sent.frameWidthSent ?? 0) < 320 && (sent.altLayouts?.length ?? 0) === 0;
  const sampled: MediaStatsReportSampleEvent = ({ video }) => video.send.map((sent: OutgoingVideoMediaStats) => sent.packetsLostPerSecond).concat(video.send.filter(small).length);
  const collector = call.feature(Features.MediaStats).createCollector();
  collector.on("sampleReported", sampled);
  collector.on("summaryReported", ({ video }) => {
    const [received] = video.receive;
    const froze: MediaStatValue<number> | undefined = received.totalFreezeDurationInMs;
    return `${received.id.toUpperCase()} ${Math.max(...(froze?.raw ?? []))} ${froze?.timestamp.toISOString()} ${froze?.aggregation?.max[0]}`;
  });
  const reason: OvcChangeReason = call.feature(Features.OptimalVideoCount).lastOvcChangeReason;
  const issues: AudioIssue[] = reason === "unknown" ? ["Echo"] : [];
  await call.feature(Features.CallSurvey).submitSurvey({ audioRating: { score: 3, issues } });
  const devices = await client.getDeviceManager();
  await devices.startPreheatDevices({ audio: { preheat: true } }).then(() => devices.stopPreheatDevices({ audio: true }));

  // Of Teams: refused when it is asked for, and written all the same in pages that serve both.
  const anybody: CommunicationIdentifier[] = [{ microsoftTeamsUserId: "a" }, { phoneNumber: "+15550100" }];
  agent.startCall(anybody);
  agent.join({ threadId: "a", organizerId: "b", tenantId: "c", messageId: "d" });
  const kindOf = ({ kind }: CallCommon): boolean => kind === CallKind.TeamsCall;
  call.feature(Features.Transfer).on("transferAccepted", ({ targetCall }) => void kindOf(targetCall));
  const room: BreakoutRoom | undefined = call.feature(Features.BreakoutRooms).assignedBreakoutRooms;
  await room?.returnToMainMeeting();
  call.feature(Features.MediaAccess).on("mediaAccessChanged", ({ mediaAccesses }) => mediaAccesses.map((one) => one.isAudioPermitted));
  const admitted: number = (await call.lobby.admitAll()).successCount;
  await call.feature(Features.CallSurvey).submitSurvey({ overallRating: { score: admitted } }, {});

  // @ts-expect-error there is no such event
  call.on("nothing", () => {});
  // @ts-expect-error there is no such tone
  await call.sendDtmf("Num11");
  // @ts-expect-error there is no such locator
  agent.join({ room: "1" });
  // @ts-expect-error a room is named by a text
  agent.join({ roomId: 1 });
  // @ts-expect-error there is no such reaction
  await call.feature(Features.Reaction).sendReaction({ reactionType: "frown" });
}
