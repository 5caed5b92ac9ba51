// What the server says of a call, and what becomes of it here.
import type { Frame } from "../signalling/socket";
import type { CallCore } from "./call";

/** subCode of a call whose media did not come up. */
const NO_PATH = 301004;

/** A message of the server about the call. */
export function takeMessage(call: CallCore, frame: Frame): void {
  switch (frame.t) {
    case "call.state":
      call.follow(frame.state);
      break;
    case "call.info":
      call.kind = frame.kind;
      call.participantId = frame.participantId;
      call.serverCallId.set(frame.serverCallId);
      call.followHold();
      break;
    case "call.ended":
      // A server that stops ends all calls; its successor may have this one again.
      if (frame.code === 503 && call.context.session.stopping && call.rejoining.lost()) break;
      call.end(frame.code, frame.subCode, (frame.subCode === NO_PATH && call.sound.peer?.obstacle) || frame.message);
      break;
    case "roster":
      call.roster.take(frame as never);
      call.followHold();
      break;
    case "role":
      call.setRole(frame.role);
      break;
    case "muted":
      call.muting.byOthers(frame.muted);
      break;
    case "invitation":
      call.roster.invitation(frame.who, frame.state, frame.code, frame.subCode);
      break;
    case "speakers":
      for (const person of call.roster.all()) person.speak((frame.speaking ?? []).includes(person.id));
      break;
    default:
      call.pictures.take(frame);
  }
  call.inner.emit("message", frame);
}

/** The server's word replaces what was missed. */
export function restoreCall(call: CallCore, snapshot: Frame): void {
  if (snapshot.info) takeMessage(call, { ...snapshot.info, t: "call.info" });
  if (snapshot.roster) takeMessage(call, { ...snapshot.roster, t: "roster", full: true });
  if (snapshot.capabilities) takeMessage(call, { ...snapshot.capabilities, t: "capabilities" });
  takeMeeting(call, snapshot);
  if (snapshot.slots) takeMessage(call, { ...snapshot.slots, t: "media.slots" });
  if (snapshot.layers) takeMessage(call, { ...snapshot.layers, t: "media.layers" });
  call.follow(snapshot.state);
  call.muting.byOthers(snapshot.muted === true);
}

/** What all have in common; what is absent is not. */
export function takeMeeting(call: CallCore, { recording, transcription, hands, spotlight }: Partial<Frame>): void {
  takeMessage(call, { recordings: [], ...recording, t: "recording" });
  takeMessage(call, { active: false, ...transcription, t: "transcription" });
  takeMessage(call, { raised: [], ...hands, t: "hands" });
  takeMessage(call, { people: [], ...spotlight, t: "spotlight" });
}
