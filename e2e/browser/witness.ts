// Notes every event of a call and of what is in it, with the property that it is about.
import * as calling from "@azure/communication-calling";

/** What came, by "who event", and what came although nothing had changed. */
export interface Witness {
  came: Record<string, number>;
  inVain: string[];
}

type Source = { on(event: string, listener: (args?: any) => void): void };

export function witness(call: calling.Call): Witness {
  const seen: Witness = { came: {}, inVain: [] };
  const note = (what: string): void => void (seen.came[what] = (seen.came[what] ?? 0) + 1);
  /** An event that says that a property is another one now. */
  const property = (who: string, source: unknown, event: string, read: () => unknown): void => {
    let before = JSON.stringify(read());
    (source as Source).on(event, () => {
      const now = JSON.stringify(read());
      if (now === before) seen.inVain.push(`${who} ${event} ${now}`);
      before = now;
      note(`${who} ${event}`);
    });
  };
  /** An event of a list: what it adds is there, what it removes is not. */
  const list = <T>(who: string, source: unknown, event: string, read: () => readonly T[], added: (one: T) => void = () => {}): void => {
    (source as Source).on(event, (args: { added: T[]; removed: T[] }) => {
      if (args.added.some((one) => !read().includes(one)) || args.removed.some((one) => read().includes(one))) seen.inVain.push(`${who} ${event}`);
      args.added.forEach(added);
      note(`${who} ${event}`);
    });
    read().forEach(added);
  };
  for (const name of ["state", "isMuted", "isIncomingAudioMuted", "isScreenSharingOn", "isLocalVideoStarted", "role"] as const) property("call", call, `${name}Changed`, () => call[name]);
  call.on("mutedByOthers", () => note("call mutedByOthers"));
  for (const name of ["localVideoStreams", "localAudioStreams", "remoteAudioStreams"] as const) list<unknown>("call", call, `${name}Updated`, () => call[name]);
  list("call", call, "remoteParticipantsUpdated", () => call.remoteParticipants, (person) => {
    for (const name of ["state", "isMuted", "isSpeaking", "role", "displayName"] as const) property("participant", person, `${name}Changed`, () => person[name]);
    list("participant", person, "videoStreamsUpdated", () => person.videoStreams, (stream) => {
      for (const name of ["isAvailable", "isReceiving", "size"] as const) property("stream", stream, `${name}Changed`, () => stream[name]);
    });
  });
  const { Capabilities, DominantSpeakers, Recording } = calling.Features;
  property("capabilities", call.feature(Capabilities), "capabilitiesChanged", () => call.feature(Capabilities).capabilities);
  property("speakers", call.feature(DominantSpeakers), "dominantSpeakersChanged", () => call.feature(DominantSpeakers).dominantSpeakers.speakersList);
  const recording = call.feature(Recording);
  property("recording", recording, "isRecordingActiveChanged", () => recording.isRecordingActive);
  list("recording", recording, "recordingsUpdated", () => recording.recordings, (one) => property("recording", one, "recordingStateChanged", () => one.state));
  return seen;
}
