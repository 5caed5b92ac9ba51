// What an application asks for when it begins a call: read, and refused where it cannot be.
import { failure, unsupported } from "../errors";
import { isPhone, isTeams, rawId } from "../identifiers";
import { limitsOf } from "../media/demand";
import { localAudio } from "../media/localaudiostream";
import { localVideo } from "../media/localvideostream";
import type { AcceptCallOptions, CommunicationIdentifier, GroupCallLocator, JoinCallOptions, RoomCallLocator, StartCallOptions } from "../types";
import type { CallBeginning } from "./callcontext";
import { contextOf } from "./customcontext";

/** A call that is to be begun, and the request that begins it. */
export interface Begin {
  beginning: CallBeginning;
  request: "call.start" | "call.join";
  members: object;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** startCall. */
export function toStart(participants: CommunicationIdentifier[], options: StartCallOptions = {}): Begin {
  if (!Array.isArray(participants) || participants.length === 0) throw failure(400, 0, "startCall needs somebody to call");
  const to = participants.map(rawId);
  if (to.some(isTeams)) throw unsupported("a call to Teams");
  const alternateCallerId = options.alternateCallerId?.phoneNumber;
  if (to.some(isPhone) && !alternateCallerId) throw failure(400, 0, "a call to a phone number needs alternateCallerId");
  return {
    beginning: { id: crypto.randomUUID(), direction: "Outgoing", to, ...mediaOf(options) },
    request: "call.start",
    members: { to, alternateCallerId, customContext: contextOf(options.customContext) },
  };
}

/** join. */
export function toJoin(locator: GroupCallLocator | RoomCallLocator, options: JoinCallOptions = {}): Begin {
  const { groupId, roomId } = (locator ?? {}) as Partial<GroupCallLocator & RoomCallLocator>;
  if (!groupId && !roomId) throw unsupported("a locator other than groupId and roomId");
  if (groupId && !GUID.test(groupId)) throw failure(400, 0, `groupId is not a GUID: ${groupId}`);
  return {
    beginning: { id: crypto.randomUUID(), direction: "Outgoing", groupId, roomId, ...mediaOf(options) },
    request: "call.join",
    members: roomId ? { room: roomId } : { group: groupId },
  };
}

/** What a call begins to send. Streams that are none (400/41025), and bounds that are none (400), are refused before anybody hears of the call. */
export function mediaOf({ audioOptions, videoOptions }: AcceptCallOptions): Pick<CallBeginning, "audio" | "video"> {
  const [sound] = audioOptions?.localAudioStreams ?? [];
  if (sound) localAudio(sound);
  const [pictures] = videoOptions?.localVideoStreams ?? [];
  if (pictures) localVideo(pictures);
  limitsOf(videoOptions?.constraints?.send);
  return { audio: audioOptions, video: videoOptions };
}
