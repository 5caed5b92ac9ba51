// Where pictures and sound come from: a device, or a stream of the application.
import type { AudioDeviceInfo, VideoDeviceInfo } from "../types";

export function isStream(source: unknown): source is MediaStream {
  return typeof MediaStream !== "undefined" && source instanceof MediaStream;
}

/** What applications see as the source: of a stream of their own, a device that stands for it. */
export function shownVideo(source: VideoDeviceInfo | MediaStream): VideoDeviceInfo {
  return isStream(source) ? { ...standIn(source, source.getVideoTracks()), deviceType: "Virtual" } : source;
}

export function shownAudio(source: AudioDeviceInfo | MediaStream): AudioDeviceInfo {
  return isStream(source) ? { ...standIn(source, source.getAudioTracks()), isSystemDefault: false, deviceType: "Virtual" } : source;
}

function standIn(source: MediaStream, [track]: MediaStreamTrack[]): { id: string; name: string } {
  return { id: `stream:${source.id}`, name: track?.label ?? "" };
}
