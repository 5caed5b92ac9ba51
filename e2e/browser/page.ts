// The page of the tests: the library, and what tests look at it with.
import * as calling from "@azure/communication-calling";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { collected, moves, tone, watchPictures } from "./measure";
import { witness } from "./witness";

/** Every state of a call, and everything that it tells, as lines. */
function watch(call: calling.Call): string[] {
  const lines: string[] = [];
  call.on("stateChanged", () => lines.push(`state ${call.state}`));
  call.on("isMutedChanged", () => lines.push(`muted ${call.isMuted}`));
  call.on("mutedByOthers", () => lines.push("mutedByOthers"));
  call.on("roleChanged", () => lines.push(`role ${call.role}`));
  call.on("remoteParticipantsUpdated", ({ added, removed }) => {
    for (const person of added) lines.push(`came ${person.displayName ?? ""}`);
    for (const person of removed) lines.push(`left ${person.displayName ?? ""}`);
  });
  return lines;
}

/** Every socket of the page, so that tests can cut them. */
const sockets: WebSocket[] = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(address: string | URL) {
    super(address);
    sockets.push(this);
  }
};

/** Every peer connection of the page. */
const peers: RTCPeerConnection[] = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    peers.push(this);
  }
};

/** The samples of sound that were played, and how many of them did not come in time. */
async function sound(): Promise<{ all: number; concealed: number }> {
  const counts = { all: 0, concealed: 0 };
  (await peers.at(-1)!.getStats()).forEach((entry) => {
    if (entry.type !== "inbound-rtp" || entry.kind !== "audio") return;
    counts.all += entry.totalSamplesReceived ?? 0;
    counts.concealed += (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
  });
  return counts;
}

Object.assign(globalThis, { watchPictures: (video: HTMLVideoElement, ms: number) => watchPictures(video, sound, ms), peers, sockets, calling, AzureCommunicationTokenCredential, tone, watch, witness, moves, collected });
