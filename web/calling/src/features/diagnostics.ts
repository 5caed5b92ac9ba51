// What users should be told about their network and their devices.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { established } from "../calls/state";
import { watchMutedSpeech } from "./mutedspeech";
import type { Made } from "./made";
import {
  DiagnosticQuality,
  type LatestDiagnosticValue,
  type MediaDiagnosticChangedEventArgs,
  type MediaDiagnosticType,
  type NetworkDiagnosticChangedEventArgs,
  type NetworkDiagnosticType,
  type RemoteDiagnostics,
  type UserFacingDiagnosticsFeature,
} from "./types";

const EVERY_MS = 2_000;
/** Shares of lost packets, and round trips in ms, above which a direction is poor or bad. */
const POOR = { loss: 0.03, rtt: 300 };
const BAD = { loss: 0.1, rtt: 800 };
/** The input level of a microphone that gives nothing at all. */
const SILENT_FOR_MS = 8_000;
/** A camera that gives no picture for so long is frozen. */
const FROZEN_FOR_MS = 5_000;

type Value = DiagnosticQuality | boolean;
interface Group<Name extends string, Args> {
  set(diagnostic: Name, value: Value): void;
  facade: { getLatest(): { [name in Name]?: LatestDiagnosticValue }; on(event: "diagnosticChanged", listener: (args: Args) => void): void; off(event: "diagnosticChanged", listener: (args: Args) => void): void };
}

export function diagnostics(call: CallCore): Made<UserFacingDiagnosticsFeature> {
  const network = group<NetworkDiagnosticType, NetworkDiagnosticChangedEventArgs>();
  const media = group<MediaDiagnosticType, MediaDiagnosticChangedEventArgs>();
  const path = { signalling: true, peer: true };
  const reconnect = (): void => {
    if (!established(call.state)) return;
    network.set("networkReconnect", !path.signalling ? DiagnosticQuality.Bad : !path.peer ? DiagnosticQuality.Poor : DiagnosticQuality.Good);
  };
  call.inner.on("signalling", (there) => {
    path.signalling = there;
    reconnect();
  });
  call.inner.on("peer", (state) => {
    if (state !== "connected" && state !== "away") return;
    path.peer = state === "connected";
    reconnect();
  });
  call.inner.on("microphone", ({ works, denied, ended = false }) => {
    media.set("microphonePermissionDenied", !works && denied);
    media.set("noMicrophoneDevicesEnumerated", !works && !denied && !ended);
    if (ended || works) media.set("microphoneNotFunctioning", ended); // until another one works
    if (works) media.set("microphoneMuteUnexpectedly", false);
  });
  call.inner.on("camera", ({ failed = false, denied = false, timedOut = false, stopped = false }) => {
    media.set("cameraPermissionDenied", failed && denied);
    media.set("cameraStartFailed", failed && !denied);
    media.set("cameraStartTimedOut", timedOut);
    media.set("cameraStoppedUnexpectedly", stopped);
  });
  call.inner.on("screen", ({ failed = false, disabled = false, stopped = false }) => {
    media.set("capturerStartFailed", failed);
    media.set("screenshareRecordingDisabled", disabled);
    media.set("capturerStoppedUnexpectedly", stopped);
  });
  watchMutedSpeech(call, (speaks) => media.set("speakingWhileMicrophoneIsMuted", speaks));
  const speakers = (): void => media.set("noSpeakerDevicesEnumerated", call.context.devices.noSpeakers === true);
  call.context.devices.events.on("changed", speakers);
  speakers();
  call.inner.on("microphoneSilenced", (silenced) => media.set("microphoneMuteUnexpectedly", silenced));
  // Of a call that is connected, networkReconnect tells: Microsoft's UI library takes one that was ever without a network for one that has failed.
  const offline = (): void => void (established(call.state) || network.set("noNetwork", true));
  const online = (): void => network.set("noNetwork", false);
  if (globalThis.navigator?.onLine === false) offline();
  globalThis.addEventListener?.("offline", offline);
  globalThis.addEventListener?.("online", online);
  const timer = setInterval(() => void measure(call, network, media), EVERY_MS);
  call.inner.on("over", () => {
    clearInterval(timer);
    call.context.devices.events.off("changed", speakers);
    globalThis.removeEventListener?.("offline", offline);
    globalThis.removeEventListener?.("online", online);
  });
  return { name: "UserFacingDiagnostics", network: network.facade, media: media.facade, remote: remote() };
}

/** One kind of diagnostics: the latest values, told when they change. */
function group<Name extends string, Args>(): Group<Name, Args> {
  const events = new Emitter<{ diagnosticChanged: Args }>();
  let latest: { [name in Name]?: LatestDiagnosticValue } = {};
  return {
    set(diagnostic, value) {
      const before = latest[diagnostic]?.value;
      // What is well from the beginning is not told.
      if (before === value || (before === undefined && (value === false || value === DiagnosticQuality.Good))) return;
      const entry: LatestDiagnosticValue = { value, valueType: typeof value === "boolean" ? "DiagnosticFlag" : "DiagnosticQuality" };
      latest = { ...latest, [diagnostic]: entry };
      (events.emit as (event: "diagnosticChanged", args: unknown) => void)("diagnosticChanged", { diagnostic, ...entry });
    },
    facade: { getLatest: () => latest, on: events.on, off: events.off },
  };
}

interface Seen {
  received: number;
  lost: number;
  /** What the microphone has given; undefined where the browser does not tell it, as Firefox. */
  energy?: number;
  loudAt: number;
  pictures: number;
  movedAt: number;
}
/** The server reports once a second. */
const REPORT_COUNTS_MS = 5_000;
const last = new WeakMap<CallCore, Seen>();

async function measure(call: CallCore, network: Group<NetworkDiagnosticType, unknown>, media: Group<MediaDiagnosticType, unknown>): Promise<void> {
  const report = await call.sound.peer?.stats();
  if (!report || call.state !== "Connected") return void last.delete(call); // after a hold everything begins anew
  const before = last.get(call);
  const now: Seen = { received: 0, lost: 0, loudAt: before?.loudAt ?? Date.now(), pictures: 0, movedAt: before?.movedAt ?? Date.now() };
  let sendLoss = 0;
  let rtt = 0;
  const camera = call.pictures.camera.on ? call.pictures.camera.track : undefined;
  report.forEach((entry: Record<string, any>) => {
    if (entry.type === "inbound-rtp") {
      now.received += entry.packetsReceived ?? 0;
      now.lost += entry.packetsLost ?? 0;
    }
    // Of an encoding that is no longer sent the last report stands for ever.
    if (entry.type === "remote-inbound-rtp" && Date.now() - entry.timestamp < REPORT_COUNTS_MS) {
      sendLoss = Math.max(sendLoss, entry.fractionLost ?? 0);
      rtt = Math.max(rtt, 1000 * (entry.roundTripTime ?? 0));
    }
    if (entry.type === "media-source" && entry.kind === "audio") now.energy = entry.totalAudioEnergy;
    if (entry.type === "media-source" && entry.trackIdentifier === camera?.id) now.pictures = entry.frames ?? 0;
  });
  // Muted, stopped, or without the right to speak: that nothing is heard is meant so.
  if (!call.sound.sent?.enabled || !before || now.energy === undefined || now.energy > (before.energy ?? 0)) now.loudAt = Date.now();
  if (now.pictures === 0 || !before || now.pictures !== before.pictures) now.movedAt = Date.now();
  last.set(call, now);
  media.set("cameraFreeze", Date.now() - now.movedAt > FROZEN_FOR_MS);
  network.set("networkSendQuality", quality(sendLoss, rtt));
  media.set("microphoneNotMuteButSilent", Date.now() - now.loudAt > SILENT_FOR_MS);
  if (!before) return;
  const came = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  network.set("networkReceiveQuality", quality(came + lost > 0 ? lost / (came + lost) : 0, rtt));
}

function quality(loss: number, rtt: number): DiagnosticQuality {
  if (loss > BAD.loss || rtt > BAD.rtt) return DiagnosticQuality.Bad;
  return loss > POOR.loss || rtt > POOR.rtt ? DiagnosticQuality.Poor : DiagnosticQuality.Good;
}

/** Diagnostics of others are not sent. */
function remote(): RemoteDiagnostics {
  const events = new Emitter<{ diagnosticChanged: void }>();
  let sending = false;
  return {
    get isSendingDiagnosticsEnabled() {
      return sending;
    },
    startSendingDiagnostics: () => void (sending = true),
    stopSendingDiagnostics: () => void (sending = false),
    getLatest: () => ({ diagnostics: [] }),
    on: events.on as RemoteDiagnostics["on"],
    off: events.off as RemoteDiagnostics["off"],
  };
}
