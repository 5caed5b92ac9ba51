// What applications see of a call. Its methods need no `this`, so that wrappers
// such as ES proxies can call them.
import { coded, failure, unsupported } from "../errors";
import { callFeature } from "../features/callfeatures";
import { isPhone, isTeams, rawId } from "../identifiers";
import { localAudio } from "../media/localaudiostream";
import type { AddPhoneNumberOptions, Call, CallFeature, CallFeatureFactory, CallInfo, CommunicationIdentifier, DtmfTone, Lobby, RemoteParticipant } from "../types";
import { Emitter } from "../emitter";
import type { CallCore } from "./call";
import { contextOf } from "./customcontext";
import { established, over } from "./state";

const TONES: Record<DtmfTone, string> = {
  Num0: "0",
  Num1: "1",
  Num2: "2",
  Num3: "3",
  Num4: "4",
  Num5: "5",
  Num6: "6",
  Num7: "7",
  Num8: "8",
  Num9: "9",
  A: "A",
  B: "B",
  C: "C",
  D: "D",
  Star: "*",
  Pound: "#",
  Flash: "",
};

export function makeCall(self: CallCore): Call {
  const info = makeInfo(self);
  const lobby = makeLobby();
  const call: Call = {
    kind: "Call",
    get id() {
      return self.shownId;
    },
    info,
    get state() {
      return self.state;
    },
    get callEndReason() {
      return self.endReason;
    },
    direction: self.beginning.direction,
    get callerInfo() {
      return self.caller;
    },
    transferorInfo: undefined,
    get isMuted() {
      return self.muting.muted;
    },
    get isIncomingAudioMuted() {
      return self.muting.incoming;
    },
    get isScreenSharingOn() {
      return self.pictures.screen.on;
    },
    get isLocalVideoStarted() {
      return self.pictures.camera.on;
    },
    get localVideoStreams() {
      return self.pictures.local;
    },
    get localAudioStreams() {
      return self.sound.local;
    },
    get remoteAudioStreams() {
      return self.sound.hasRemote ? [self.sound.remote] : [];
    },
    get remoteParticipants() {
      return self.roster.participants;
    },
    get role() {
      return self.role;
    },
    lobby,
    hangUp: (options) => self.hangUp(options?.forEveryone ?? false),
    mute: () => self.muting.ask(true),
    unmute: () => self.muting.ask(false),
    muteAllRemoteParticipants: async () => void (await self.ask("participant.muteAll")),
    muteIncomingAudio: () => self.muting.muteIncoming(true),
    unmuteIncomingAudio: () => self.muting.muteIncoming(false),
    sendDtmf: (tone) => sendTone(self, tone),
    hold: () => self.hold(true),
    resume: () => self.hold(false),
    startVideo: (stream) => self.pictures.startVideo(stream),
    stopVideo: (stream) => self.pictures.stopVideo(stream),
    startScreenSharing: (stream) => self.pictures.startScreenSharing(stream),
    stopScreenSharing: () => self.pictures.stopScreenSharing(),
    startAudio: async (stream) => {
      localAudio(stream);
      if (over(self.state)) throw failure(410, 0, "the call is over");
      await self.sound.use(stream);
    },
    stopAudio: () => self.sound.restore(),
    setConstraints: async (constraints) => self.pictures.constrain(constraints ?? {}),
    addParticipant: (who: CommunicationIdentifier, options?: AddPhoneNumberOptions) => addParticipant(self, who, options),
    removeParticipant: async (who) => void (await self.ask("participant.remove", { who: rawId(who) })),
    feature: <T extends CallFeature>(factory: CallFeatureFactory<T>): T => callFeature(self, factory),
    dispose: () => {
      if (!over(self.state)) void self.hangUp(false);
    },
    on: self.events.on as Call["on"],
    off: self.events.off as Call["off"],
  };
  return call;
}

function makeInfo(self: CallCore): CallInfo {
  const events = new Emitter<{ callInfoChanged: void }>();
  self.inner.on("message", ({ t }) => void (t === "call.info" && events.emit("callInfoChanged")));
  return {
    groupId: self.beginning.groupId,
    // Never set: with one, Microsoft's UI library takes the call for a Teams meeting.
    threadId: undefined,
    roomId: self.beginning.roomId,
    get participantId() {
      return self.participantId;
    },
    getServerCallId: () => self.serverCallId.known,
    onCallInfoChanged: events.on,
    offCallInfoChanged: events.off,
  };
}

function makeLobby(): Lobby {
  const events = new Emitter<{ lobbyParticipantsUpdated: void }>();
  return {
    participants: [],
    admit: () => Promise.reject(unsupported("a lobby")),
    reject: () => Promise.reject(unsupported("a lobby")),
    admitAll: () => Promise.reject(unsupported("a lobby")),
    on: events.on as Lobby["on"],
    off: events.off as Lobby["off"],
  };
}

async function sendTone(self: CallCore, tone: DtmfTone): Promise<void> {
  const key = TONES[tone];
  if (key === undefined) throw failure(400, 0, `not a tone: ${String(tone)}`);
  if (key === "") throw unsupported("the tone Flash");
  if (!established(self.state)) throw failure(412, 0, "the call is not connected");
  await self.ask("call.tone", { tone: key });
}

/** Gives the participant at once; the outcome is its state. */
function addParticipant(self: CallCore, who: CommunicationIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant {
  const id = rawId(who);
  if (isTeams(id)) throw unsupported("a participant from Teams");
  if (!established(self.state)) throw failure(412, 0, "the call is not connected");
  const alternateCallerId = options?.alternateCallerId?.phoneNumber;
  if (isPhone(id) && !alternateCallerId) throw failure(400, 0, "a call to a phone number needs alternateCallerId");
  const customContext = contextOf(options?.customContext);
  const person = self.roster.invite(id);
  self.ask("participant.add", { who: id, alternateCallerId, customContext }).catch((error) => {
    const { code, subCode, message } = coded(error, 500, 0);
    self.roster.invitation(id, "Failed", code, subCode, message);
  });
  return person.facade;
}

