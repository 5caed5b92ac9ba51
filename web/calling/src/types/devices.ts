// Cameras, microphones and speakers, and what manages them.
import type { DeviceAccess, PermissionConstraints } from "./options";
import type { AudioDeviceType, CollectionUpdatedEvent, PropertyChangedEvent, VideoDeviceType } from "./values";

export interface VideoDeviceInfo {
  readonly id: string;
  readonly name: string;
  readonly deviceType: VideoDeviceType;
}
export interface AudioDeviceInfo {
  readonly id: string;
  readonly name: string;
  readonly isSystemDefault: boolean;
  readonly deviceType: AudioDeviceType;
}
/** Which devices are to be ready soon. */
export interface StartPreheatDeviceParameters {
  audio?: { preheat: boolean; timeoutInSec?: number };
  video?: { preheat: boolean; timeoutInSec?: number };
}
export interface StopPreheatDeviceParameters {
  audio?: boolean;
  video?: boolean;
}
export interface DeviceManager {
  readonly isSpeakerSelectionAvailable: boolean;
  readonly selectedMicrophone?: AudioDeviceInfo;
  readonly selectedSpeaker?: AudioDeviceInfo;
  getCameras(): Promise<VideoDeviceInfo[]>;
  getMicrophones(): Promise<AudioDeviceInfo[]>;
  getSpeakers(): Promise<AudioDeviceInfo[]>;
  selectMicrophone(microphoneDevice: AudioDeviceInfo): Promise<void>;
  selectSpeaker(speakerDevice: AudioDeviceInfo): Promise<void>;
  askDevicePermission(permissionConstraints: PermissionConstraints): Promise<DeviceAccess>;
  startPreheatDevices(devices: StartPreheatDeviceParameters): Promise<void>;
  stopPreheatDevices(devices: StopPreheatDeviceParameters): void;
  on(event: "videoDevicesUpdated", listener: CollectionUpdatedEvent<VideoDeviceInfo>): void;
  on(event: "audioDevicesUpdated", listener: CollectionUpdatedEvent<AudioDeviceInfo>): void;
  on(event: "selectedMicrophoneChanged" | "selectedSpeakerChanged", listener: PropertyChangedEvent): void;
  off(event: "videoDevicesUpdated", listener: CollectionUpdatedEvent<VideoDeviceInfo>): void;
  off(event: "audioDevicesUpdated", listener: CollectionUpdatedEvent<AudioDeviceInfo>): void;
  off(event: "selectedMicrophoneChanged" | "selectedSpeakerChanged", listener: PropertyChangedEvent): void;
}
