// The softphone: one user, one call at a time, through our own browser library.
import { signal } from "@preact/signals";
import type { Call, CallAgent, IncomingCall } from "../../../../calling/src/index";
import { api, kept } from "../../state/api";

type Library = typeof import("../../phone/index");

/** The user that the softphone is; "" until it has called for the first time. */
export const user = kept("softphone.user", "");
export const call = signal<Call | null>(null);
export const state = signal("");
export const ended = signal("");
export const incoming = signal<IncomingCall | null>(null);
export const ready = signal(false);
export const muted = signal(false);
/** An id of the newest call, for the link to its page; "" while none is known. */
export const callId = signal("");
/** The other side's sound, 0 to 1. */
export const level = signal(0);

let library: Library | undefined;
let agent: CallAgent | undefined;

const path = "/console/phone.js"; // a file of its own: who does not call does not load it

const identities = "/identities";
const version = "?api-version=2023-10-01";

/** Makes the user of the softphone, or a token for it, and signs it in to calls. */
export async function signIn(): Promise<void> {
  if (agent) return;
  library ??= (await import(path)) as Library;
  const token = async (): Promise<string> => {
    if (user.value) {
      try {
        return (await api("POST", `${identities}/${encodeURIComponent(user.value)}/:issueAccessToken${version}`, { scopes: ["voip"] })).token;
      } catch {
        user.value = ""; // it was deleted, or belongs to another server
      }
    }
    const made = await api("POST", identities + version, { createTokenWithScopes: ["voip"] });
    user.value = made.identity.id;
    return made.accessToken.token;
  };
  const credential = new library.AzureCommunicationTokenCredential({ token: await token(), tokenRefresher: token, refreshProactively: true });
  agent = await new library.CallClient({ endpoint: location.origin } as object).createCallAgent(credential, { displayName: "Console" });
  agent.on("incomingCall", ({ incomingCall }) => {
    incoming.value = incomingCall;
    incomingCall.on("callEnded", () => incoming.value === incomingCall && (incoming.value = null));
  });
  ready.value = true;
}

/** Calls a number, or a user by its raw id. */
export async function dial(to: string, callerId: string): Promise<void> {
  await signIn();
  await microphone();
  const number = /^\+?[\d\s()-]+$/.test(to) ? to.replace(/[\s()-]/g, "") : "";
  show(number ? agent!.startCall([{ phoneNumber: number }], { alternateCallerId: { phoneNumber: callerId } }) : agent!.startCall([{ communicationUserId: to }]));
}

export async function join(room: string): Promise<void> {
  await signIn();
  await microphone();
  show(agent!.join({ roomId: room }));
}

export async function accept(): Promise<void> {
  await microphone();
  const ringing = incoming.value;
  incoming.value = null;
  callId.value = "";
  if (ringing) show(await ringing.accept());
}

/** Asks for the microphone. Without one the call has silence, and keys still work. */
async function microphone(): Promise<void> {
  try {
    (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks().forEach((track) => track.stop());
  } catch {
    ended.value = "The browser gives no microphone: the others will not hear you.";
  }
}

/** To whom the call was transferred; "" while it was not. */
let handedTo = "";

function show(made: Call): void {
  call.value = made;
  handedTo = "";
  ended.value = "";
  muted.value = made.isMuted;
  const update = (): void => {
    state.value = made.state;
    muted.value = made.isMuted;
    if (made.state === "Connected") void connected(made);
    if (made.state !== "Disconnected") return;
    const reason = made.callEndReason;
    ended.value = handedTo ? `The call was transferred to ${handedTo}.` : reason && (reason.code !== 0 || reason.subCode !== 0) ? `The call ended: ${reason.message || "no reason was given"} (${reason.code}/${reason.subCode})` : "The call is over.";
    call.value = null;
    level.value = 0;
  };
  made.on("stateChanged", update);
  made.on("isMutedChanged", update);
  update();
}

async function connected(made: Call): Promise<void> {
  if (!callId.value) callId.value = await made.info.getServerCallId();
  await listen(made);
}

/** Measures what is heard, for the level that the page shows. */
async function listen(made: Call): Promise<void> {
  const stream = await made.remoteAudioStreams[0]?.getMediaStream();
  if (!stream || measured === made) return;
  measured = made;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (call.value !== made) {
      clearInterval(timer);
      void context.close();
      return;
    }
    analyser.getFloatTimeDomainData(samples);
    level.value = Math.min(1, 4 * Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length));
  }, 100);
}

let measured: Call | undefined;

const tones: Record<string, string> = { "*": "Star", "#": "Pound", A: "A", B: "B", C: "C", D: "D" };

export async function press(keys: string): Promise<void> {
  for (const key of keys.toUpperCase()) {
    const tone = tones[key] ?? (/\d/.test(key) ? `Num${key}` : "");
    if (tone) await call.value?.sendDtmf(tone as never);
  }
}

export async function transfer(to: string): Promise<void> {
  const target = /^\+?[\d\s()-]+$/.test(to) ? { phoneNumber: to.replace(/[\s()-]/g, "") } : { communicationUserId: to };
  const moving = call.value!.feature(library!.Features.Transfer).transfer({ targetParticipant: target });
  ended.value = `${to} is being called.`;
  moving.on("stateChanged", () => {
    if (moving.state === "Transferred") handedTo = to;
    if (moving.state === "Failed" && call.value) ended.value = `${to} did not take the call (${moving.error?.code}/${moving.error?.subCode}): the call goes on.`;
  });
}

/** Says a sound file instead of the microphone, and then the microphone again. */
export async function speak(file: Blob): Promise<void> {
  const made = call.value;
  const [before] = made?.localAudioStreams ?? [];
  const context = new AudioContext();
  try {
    const sound = context.createBufferSource();
    sound.buffer = await context.decodeAudioData(await file.arrayBuffer());
    const out = context.createMediaStreamDestination();
    sound.connect(out);
    await made?.startAudio(new library!.LocalAudioStream(out.stream));
    await new Promise((done) => {
      sound.onended = done;
      sound.start();
    });
  } finally {
    if (before && call.value === made) await made?.startAudio(before).catch(() => made.stopAudio());
    else made?.stopAudio();
    await context.close();
  }
}

/** Files that scripts speak, by their names in lower case. */
const spoken = new Map<string, Blob>();

export function addFiles(files: Iterable<File>): void {
  for (const file of files) spoken.set(file.name.toLowerCase(), file);
}

async function spokenFile(name: string): Promise<Blob> {
  if (name === "welcome") return (await fetch("/console/welcome.wav")).blob();
  const file = spoken.get(name);
  if (!file) throw new Error(`choose the file ${name} first: the script speaks it`);
  return file;
}

/** Does what a script says, a step a line: press 12#, speak FILE, wait 2, wait for answer, hang up. */
export async function play(script: string, step: (line: number) => void): Promise<void> {
  const lines = script.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.trim().toLowerCase();
    step(i);
    const wait = /^wait ([\d.]+)/.exec(line);
    const file = /^speak (.+)$/.exec(line);
    const keys = /^press ([\d*#a-d]+)$/.exec(line);
    if (line === "" || line.startsWith("//")) continue;
    else if (line === "wait for answer") while (state.value !== "Connected") await pause(100, "the call ended before it was answered");
    else if (wait) for (let left = 1000 * Number(wait[1]); left > 0; left -= 100) await pause(Math.min(100, left), "the call ended");
    else if (keys) await press(keys[1]!);
    else if (file) await speak(await spokenFile(file[1]!));
    else if (line === "hang up") await call.value?.hangUp();
    else throw new Error(`line ${i + 1} is none of: press KEYS, speak FILE, wait SECONDS, wait for answer, hang up`);
  }
}

async function pause(ms: number, otherwise: string): Promise<void> {
  await new Promise((done) => setTimeout(done, ms));
  if (!call.value) throw new Error(otherwise);
}
