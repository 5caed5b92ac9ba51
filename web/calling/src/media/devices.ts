// Cameras, microphones and speakers, as the browser tells them.
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { nap } from "../signalling/reconnect";
import type { AudioDeviceInfo, DeviceAccess, DeviceManager, PermissionConstraints, VideoDeviceInfo } from "../types";

interface Events {
  videoDevicesUpdated: { added: VideoDeviceInfo[]; removed: VideoDeviceInfo[] };
  audioDevicesUpdated: { added: AudioDeviceInfo[]; removed: AudioDeviceInfo[] };
  selectedMicrophoneChanged: void;
  selectedSpeakerChanged: void;
  /** Internal: what the browser has, after any change. */
  changed: void;
}

interface Lists {
  cameras: VideoDeviceInfo[];
  microphones: AudioDeviceInfo[];
  speakers: AudioDeviceInfo[];
}

/** How long the first list may take. */
const BEGIN_MS = 1_000;
const NONE: Lists = { cameras: [], microphones: [], speakers: [] };

/** What the package keeps of the devices; `manager` is what applications see. */
export class Devices {
  readonly events = new Emitter<Events>();
  readonly manager: DeviceManager;
  microphone?: AudioDeviceInfo;
  speaker?: AudioDeviceInfo;
  private lists: Lists = NONE;
  private ready?: Promise<void>;
  private reading: Promise<void> = Promise.resolve();
  private readonly media = globalThis.navigator?.mediaDevices as MediaDevices | undefined;

  constructor() {
    this.manager = this.facade();
    this.media?.addEventListener?.("devicechange", this.refresh);
  }

  /** There are devices, and none of them is a speaker. Browsers that do not tell of speakers, or of those alone that the user has chosen for the page (W3C audio-output, selectAudioOutput), have some. */
  get noSpeakers(): boolean {
    const all = selectable() && !(this.media && "selectAudioOutput" in this.media);
    return all && this.lists.microphones.length > 0 && this.lists.speakers.length === 0;
  }

  dispose(): void {
    this.media?.removeEventListener?.("devicechange", this.refresh);
    this.events.clear();
  }

  /** Reads the devices anew, and tells what changed. One after the other, so that nothing is told twice. */
  readonly refresh = (): Promise<void> => (this.reading = this.reading.then(() => this.read()));

  private async read(): Promise<void> {
    const before = this.lists;
    const after = await this.enumerate();
    this.lists = after;
    const video = difference(before.cameras, after.cameras);
    const audio = difference([...before.microphones, ...before.speakers], [...after.microphones, ...after.speakers]);
    if (changed(video)) this.events.emit("videoDevicesUpdated", video);
    if (changed(audio)) this.events.emit("audioDevicesUpdated", audio);
    this.follow("microphone", after.microphones, "selectedMicrophoneChanged");
    if (selectable()) this.follow("speaker", after.speakers, "selectedSpeakerChanged");
    this.events.emit("changed");
  }

  /** Keeps the choice while the device is there; else takes the system's. */
  private follow(which: "microphone" | "speaker", list: AudioDeviceInfo[], event: "selectedMicrophoneChanged" | "selectedSpeakerChanged"): void {
    const old = this[which];
    const kept = old && list.find((device) => device.id === old.id);
    const chosen = kept ?? list.find((device) => device.isSystemDefault) ?? list[0];
    this[which] = chosen;
    if (old?.id !== chosen?.id) this.events.emit(event);
  }

  private async enumerate(): Promise<Lists> {
    const found = (await this.media?.enumerateDevices?.().catch(() => [])) ?? [];
    // Without permission devices have no names, and are of no use.
    const named = found.filter((device) => device.label !== "");
    return {
      cameras: named.filter((device) => device.kind === "videoinput").map(camera),
      microphones: named.filter((device) => device.kind === "audioinput").map((device) => audio(device, "microphone")),
      speakers: named.filter((device) => device.kind === "audiooutput").map((device) => audio(device, "speaker")),
    };
  }

  /**
   * Reads the devices before a page has them: what is permitted already is there from the beginning, and
   * nothing is told of it. A browser may keep a page that nobody looks at waiting for its devices.
   */
  async begin(): Promise<void> {
    const wait = nap(BEGIN_MS);
    await Promise.race([this.known(), wait.done]);
    wait.wake();
  }

  /** Reads the devices the first time, and again where there were none: a page may have asked for permission by itself. */
  private async known(which?: keyof Lists): Promise<void> {
    const first = this.ready === undefined;
    await (this.ready ??= this.refresh());
    if (!first && which && this.lists[which].length === 0) await (this.ready = this.refresh());
  }

  async ask(wanted: PermissionConstraints): Promise<DeviceAccess> {
    if (!wanted) throw failure(400, 0, "askDevicePermission is asked for audio, video, or both");
    const audio = wanted.audio === true ? await this.open({ audio: true }) : undefined;
    const video = wanted.video === true ? await this.open({ video: true }) : undefined;
    // Firefox tells the names only while a device is open.
    await (this.ready = this.refresh());
    for (const stream of [audio, video]) stream?.getTracks().forEach((track) => track.stop());
    return { audio: audio !== undefined, video: video !== undefined };
  }

  /** Asks the user by opening a device; undefined: it is not permitted, or there is none. */
  private async open(constraints: MediaStreamConstraints): Promise<MediaStream | undefined> {
    try {
      return await this.media?.getUserMedia(constraints);
    } catch {
      return undefined;
    }
  }

  private async choose(which: "microphone" | "speaker", device: AudioDeviceInfo): Promise<void> {
    await this.known();
    const list = which === "microphone" ? this.lists.microphones : this.lists.speakers;
    const found = list.find((one) => one.id === device?.id);
    if (!found) throw failure(400, 43004, `there is no ${which} ${device?.id}`);
    if (this[which]?.id === found.id) return;
    this[which] = found;
    this.events.emit(which === "microphone" ? "selectedMicrophoneChanged" : "selectedSpeakerChanged");
    this.events.emit("changed");
  }

  /** The microphone that was chosen cannot be opened: a call keeps to the one before. */
  stay(id: string | undefined): void {
    const before = this.lists.microphones.find((device) => device.id === id);
    if (!before || before.id === this.microphone?.id) return;
    this.microphone = before;
    this.events.emit("selectedMicrophoneChanged");
  }

  private facade(): DeviceManager {
    const self = this;
    return {
      get isSpeakerSelectionAvailable() {
        return selectable();
      },
      get selectedMicrophone() {
        return self.microphone;
      },
      get selectedSpeaker() {
        return self.speaker;
      },
      getCameras: async () => (await self.known("cameras"), [...self.lists.cameras]),
      getMicrophones: async () => (await self.known("microphones"), [...self.lists.microphones]),
      getSpeakers: async () => {
        if (!selectable()) throw failure(405, 40606, "this browser does not let pages choose the speaker");
        await self.known("speakers");
        return [...self.lists.speakers];
      },
      selectMicrophone: (device) => self.choose("microphone", device),
      selectSpeaker: async (device) => {
        if (!selectable()) throw failure(405, 40606, "this browser does not let pages choose the speaker");
        await self.choose("speaker", device);
      },
      askDevicePermission: (wanted) => self.ask(wanted),
      startPreheatDevices: () => self.known(),
      stopPreheatDevices: () => {},
      on: self.events.on as DeviceManager["on"],
      off: self.events.off as DeviceManager["off"],
    };
  }
}

/** The browser's id of a device of ours. */
export function browserId(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}

function selectable(): boolean {
  return typeof HTMLMediaElement !== "undefined" && "setSinkId" in HTMLMediaElement.prototype;
}

function camera(device: MediaDeviceInfo): VideoDeviceInfo {
  const virtual = /virtual|obs/i.test(device.label);
  return { id: `camera:${device.deviceId}`, name: device.label, deviceType: virtual ? "Virtual" : "UsbCamera" };
}

function audio(device: MediaDeviceInfo, kind: "microphone" | "speaker"): AudioDeviceInfo {
  return {
    id: `${kind}:${device.deviceId}`,
    name: device.label,
    isSystemDefault: device.deviceId === "default",
    deviceType: kind === "microphone" ? "Microphone" : "Speaker",
  };
}

function difference<T extends { id: string }>(before: T[], after: T[]): { added: T[]; removed: T[] } {
  const had = new Set(before.map((one) => one.id));
  const has = new Set(after.map((one) => one.id));
  return { added: after.filter((one) => !had.has(one.id)), removed: before.filter((one) => !has.has(one.id)) };
}

function changed(update: { added: unknown[]; removed: unknown[] }): boolean {
  return update.added.length + update.removed.length > 0;
}
