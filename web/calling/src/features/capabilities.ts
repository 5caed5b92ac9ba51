// What this client may do in a call. The server decides and enforces it.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import type { Made } from "./made";
import type { CapabilitiesChangeInfo, CapabilitiesChangedReason, CapabilitiesFeature, ParticipantCapabilities, ParticipantCapability, ParticipantCapabilityName } from "./types";

const NAMES: ParticipantCapabilityName[] = [
  "turnVideoOn",
  "unmuteMic",
  "shareScreen",
  "removeParticipant",
  "hangUpForEveryOne",
  "addCommunicationUser",
  "addTeamsUser",
  "addPhoneNumber",
  "manageLobby",
  "spotlightParticipant",
  "removeParticipantsSpotlight",
  "blurBackground",
  "startLiveMeetingCaptions",
  "startLiveCallingCaptions",
  "setCaptionLanguage",
  "raiseHand",
  "pstnDialOut",
  "muteOthers",
  "useReactions",
  "viewAttendeeNames",
  "startTogetherMode",
  "joinBreakoutRooms",
  "forbidOthersAudio",
  "forbidOthersVideo",
  "realTimeText",
];

/** What nothing here can do, whatever the server says. */
const ABSENT: ParticipantCapabilityName[] = [
  "addTeamsUser",
  "manageLobby",
  "blurBackground",
  "startLiveMeetingCaptions",
  "startTogetherMode",
  "joinBreakoutRooms",
  "forbidOthersAudio",
  "forbidOthersVideo",
];

export function capabilities(call: CallCore): Made<CapabilitiesFeature> {
  const events = new Emitter<{ capabilitiesChanged: CapabilitiesChangeInfo }>();
  let current = initial();
  call.inner.on("message", (message) => {
    if (message.t !== "capabilities") return;
    const oldValue: Partial<ParticipantCapabilities> = {};
    const newValue: Partial<ParticipantCapabilities> = {};
    for (const [name, value] of Object.entries(message.capabilities ?? {}) as [ParticipantCapabilityName, ParticipantCapability][]) {
      if (!NAMES.includes(name) || ABSENT.includes(name) || same(current[name], value)) continue;
      oldValue[name] = current[name];
      newValue[name] = { isPresent: value.isPresent, reason: value.reason };
    }
    if (Object.keys(newValue).length === 0) return;
    // A new object: wrappers freeze the old one.
    current = { ...current, ...newValue };
    const reason: CapabilitiesChangedReason = message.reason === "None" || !message.reason ? "MeetingDetailsChanged" : message.reason;
    events.emit("capabilitiesChanged", { oldValue, newValue, reason });
  });
  return {
    name: "Capabilities",
    get capabilities() {
      return current;
    },
    on: events.on as CapabilitiesFeature["on"],
    off: events.off as CapabilitiesFeature["off"],
  };
}

function initial(): ParticipantCapabilities {
  const all = {} as ParticipantCapabilities;
  for (const name of NAMES) all[name] = { isPresent: false, reason: ABSENT.includes(name) ? "FeatureNotSupported" : "NotInitialized" };
  return all;
}

function same(a: ParticipantCapability, b: ParticipantCapability): boolean {
  return a.isPresent === b.isPresent && a.reason === b.reason;
}
