// How a camera or a screen is opened, and what a refusal means.
import { coded, failure } from "../errors";
import type { CommunicationServicesError, VideoDeviceInfo } from "../types";
import { browserId } from "./devices";

const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const SCREEN = { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 15 } };
/** Without what this page plays itself: the others would hear themselves in the sound of a whole screen (W3C screen-capture, restrictOwnAudio). */
const SCREEN_SOUND = { restrictOwnAudio: true } as MediaTrackConstraints;

/** Opens a camera. */
export async function captureVideo(device: VideoDeviceInfo): Promise<MediaStream> {
  const media = devices();
  if (typeof device?.id !== "string") throw failure(412, 43013, "the stream was made without a camera");
  try {
    return await media.getUserMedia({ video: { deviceId: { exact: browserId(device.id) }, ...CAMERA } });
  } catch (error) {
    throw refusal(error, "the camera");
  }
}

/** Asks the user what to share; with its sound, where the browser has it. */
export async function captureScreen(): Promise<MediaStream> {
  const media = devices();
  if (!media.getDisplayMedia) throw failure(412, 43013, "this browser does not share screens");
  try {
    return await media.getDisplayMedia({ video: SCREEN, audio: SCREEN_SOUND });
  } catch (error) {
    throw refusal(error, "the screen");
  }
}

function devices(): MediaDevices {
  const media = globalThis.navigator?.mediaDevices;
  if (!media?.getUserMedia) throw failure(412, 43013, "this page has no access to devices: it must come over HTTPS or from localhost");
  return media;
}

/** By these texts Microsoft's UI library knows why a camera does not start, and says so to the user. */
const CAMERA_DENIED = "Video operation failure permissionDeniedError";
const CAMERA_IN_USE = "Video operation failure SourceUnavailableError";

function refusal(error: unknown, what: string): CommunicationServicesError {
  const { name, message } = (error ?? {}) as DOMException;
  const camera = what === "the camera";
  switch (name) {
    case "NotAllowedError":
      if (/dismiss/i.test(message)) return failure(412, 43015, `nobody answered whether ${what} is permitted`);
      if (/system/i.test(message)) return failure(412, 43016, camera ? CAMERA_DENIED : `the system does not permit ${what}`);
      return failure(403, 43001, camera ? CAMERA_DENIED : `${what} was not permitted`);
    case "NotReadableError":
    case "AbortError":
      return failure(412, 43000, camera ? CAMERA_IN_USE : `${what} is in use, or did not start`);
    case "NotFoundError":
    case "OverconstrainedError":
      return failure(412, 43013, `${what} is not there`);
  }
  return coded(error, 412, 43013);
}
