// Pages of Microsoft's UI library, as an application makes them: the composite for calls,
// and the stateful client. Tests act on them as people do.
import { Features, LocalVideoStream } from "@azure/communication-calling";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallComposite, createAzureCommunicationCallAdapter, createStatefulCallClient, type CallAdapter, type CallAdapterLocator, type StartCallIdentifier } from "@azure/communication-react";
import { registerIcons } from "@fluentui/react";
import { ChevronDown20Regular, ChevronRight20Regular, Dismiss20Regular, Person20Regular } from "@fluentui/react-icons";
import { createRoot, type Root } from "react-dom/client";
import { moves, tone } from "../browser/measure";

// Icons that the library has in a font of Microsoft's servers; its own come with it.
registerIcons({ icons: { chevrondown: <ChevronDown20Regular />, chevronright: <ChevronRight20Regular />, cancel: <Dismiss20Regular />, contact: <Person20Regular /> } });

let shown: { adapter: CallAdapter; root: Root; element: HTMLElement } | undefined;

interface Who {
  user: string;
  token: string;
  name: string;
}

/** Shows the composite for a room or a group, or for a call to somebody. */
async function composite(who: Who, call: { locator: CallAdapterLocator } | { targetCallees: StartCallIdentifier[] }): Promise<void> {
  shown?.root.unmount();
  shown?.element.remove();
  shown?.adapter.dispose();
  const me = { userId: { communicationUserId: who.user }, displayName: who.name, credential: new AzureCommunicationTokenCredential(who.token) };
  // Each of the two overloads takes one kind of call.
  const adapter = "locator" in call ? await createAzureCommunicationCallAdapter({ ...me, ...call }) : await createAzureCommunicationCallAdapter({ ...me, ...call });
  const element = document.createElement("div");
  element.style.cssText = "position:fixed;inset:0";
  document.body.append(element);
  const root = createRoot(element);
  root.render(<CallComposite adapter={adapter} formFactor="desktop" />);
  shown = { adapter, root, element };
  Object.assign(globalThis, { adapter });
}

/** The stateful client with an agent: tests look at what its state says. */
async function stateful(who: Who): Promise<void> {
  const client = createStatefulCallClient({ userId: { communicationUserId: who.user } });
  const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(who.token), { displayName: who.name });
  Object.assign(globalThis, { client, agent });
}

/** The sizes of the pictures on the page that move; what the others are is in still. */
async function moving(): Promise<string[]> {
  const videos = [...document.querySelectorAll("video")].filter((video) => video.videoWidth > 0);
  const all = await Promise.all(videos.map(async (video) => ((await moves(video)) ? `${video.videoWidth}x${video.videoHeight}` : "")));
  const still = videos.filter((_, at) => !all[at]).map((video) => {
    const [track] = (video.srcObject as MediaStream | null)?.getVideoTracks() ?? [];
    return { label: track?.label, state: track?.readyState, muted: track?.muted, paused: video.paused, ready: video.readyState, width: video.videoWidth, opacity: video.style.opacity };
  });
  Object.assign(globalThis, { still });
  return all.filter(Boolean);
}

/** Every peer connection of the page. */
const peers: RTCPeerConnection[] = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    peers.push(this);
  }
};

/** How many pictures the newest connection has decoded. */
async function decoded(): Promise<number> {
  let frames = 0;
  (await peers.at(-1)!.getStats()).forEach((entry) => {
    if (entry.type === "inbound-rtp" && entry.kind === "video") frames += entry.framesDecoded;
  });
  return frames;
}

/** How much of what the newest connection brings is a tone. */
async function hears(hz: number): Promise<boolean> {
  const tracks = peers.at(-1)!.getReceivers().map(({ track }) => track);
  return (await tone(new MediaStream(tracks.filter(({ kind }) => kind === "audio")), hz, 600)).share > 0.6;
}

Object.assign(globalThis, { Features, LocalVideoStream, composite, stateful, decoded, hears, moving });
