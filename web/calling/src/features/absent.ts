// Features of Teams: there and inert, so that applications that ask for them go on.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { unsupported } from "../errors";
import type { Made } from "./made";
import type { BreakoutRoomsCallFeature, MediaAccessCallFeature, PPTLiveCallFeature, TeamsMeetingAudioConferencingFeature, TogetherModeCallFeature } from "./types";

export function breakoutRooms(): Partial<BreakoutRoomsCallFeature> {
  return { assignedBreakoutRooms: undefined, breakoutRoomsSettings: undefined };
}

export function pptLive(): Partial<PPTLiveCallFeature> {
  return { isActive: false, target: undefined };
}

export function teamsAudioConferencing(): Made<TeamsMeetingAudioConferencingFeature> {
  return { name: "TeamsMeetingAudioConferencing", getTeamsMeetingAudioConferencingDetails: async () => [] };
}

export function togetherMode(): Partial<TogetherModeCallFeature> {
  return { togetherModeStream: [], togetherModeSeatingMap: new Map(), start: () => Promise.reject(unsupported("together mode")) };
}

export function mediaAccess(call: CallCore): Made<MediaAccessCallFeature> {
  const events = new Emitter<{ mediaAccessChanged: void }>();
  const refused = (): Promise<void> => Promise.reject(unsupported("permission of others' media"));
  const granted = async (): Promise<void> => {};
  return {
    name: "MediaAccess",
    permitAudio: granted,
    forbidAudio: refused,
    permitVideo: granted,
    forbidVideo: refused,
    permitOthersAudio: granted,
    forbidOthersAudio: refused,
    permitOthersVideo: granted,
    forbidOthersVideo: refused,
    getAllOthersMediaAccess: () => call.roster.participants.map((person) => ({ participant: person.identifier, isAudioPermitted: true, isVideoPermitted: true })),
    getMeetingMediaAccess: () => ({ isAudioPermitted: true, isVideoPermitted: true }),
    on: events.on as MediaAccessCallFeature["on"],
    off: events.off as MediaAccessCallFeature["off"],
  };
}
