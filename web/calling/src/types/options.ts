// What applications pass when they make clients, agents and calls.
import type { PhoneNumberIdentifier } from "@azure/communication-common";
import type { LocalAudioStream } from "../media/localaudiostream";
import type { LocalVideoStream } from "../media/localvideostream";
import type { ScalingMode } from "./values";

export interface DiagnosticOptions {
  appName?: string;
  appVersion?: string;
  tags?: string[];
}
export interface ProxyConfiguration {
  url: string;
}
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}
export interface TurnConfiguration {
  iceServers: IceServer[];
}
export interface CallNetworkConfiguration {
  proxy?: ProxyConfiguration;
  turn?: TurnConfiguration;
}
/** What receives log lines. A logger of `@azure/logger` is one. */
export interface CallLogger {
  error(...args: any[]): void;
  warning(...args: any[]): void;
  info(...args: any[]): void;
  verbose(...args: any[]): void;
}
export interface CallClientOptions {
  logger?: CallLogger;
  diagnostics?: DiagnosticOptions;
  networkConfiguration?: CallNetworkConfiguration;
  /** The address of the server, such as `https://calls.example.com`. It overrides the address in the token. */
  endpoint?: string;
  /** False: the server is not told how the media of calls go, which whoever runs it sees in its console. */
  reportMedia?: boolean;
}
export interface EmergencyCallOptions {
  countryCode?: string;
}
export interface CallAgentOptions {
  displayName?: string;
  emergencyCallOptions?: EmergencyCallOptions;
}
export interface TeamsCallAgentOptions {
  emergencyCallOptions?: EmergencyCallOptions;
}
export interface MediaConstraintRange {
  max?: number;
  ideal?: number;
  exact?: number;
}
export interface VideoSendConstraints {
  frameHeight?: MediaConstraintRange;
  frameRate?: MediaConstraintRange;
  bitrate?: MediaConstraintRange;
}
export interface VideoConstraints {
  send?: VideoSendConstraints;
}
export interface MediaConstraints {
  video?: VideoConstraints;
}
export interface VideoOptions {
  localVideoStreams?: LocalVideoStream[];
  constraints?: VideoConstraints;
}
export interface AudioOptions {
  muted?: boolean;
  localAudioStreams?: LocalAudioStream[];
}
export interface AcceptCallOptions {
  videoOptions?: VideoOptions;
  audioOptions?: AudioOptions;
}
export interface JoinCallOptions {
  videoOptions?: VideoOptions;
  audioOptions?: AudioOptions;
}
export interface CustomHeader {
  key: string;
  value: string;
}
export interface CustomContext {
  userToUser?: string;
  sipHeaders?: CustomHeader[];
  voipHeaders?: CustomHeader[];
  /** @deprecated use sipHeaders */
  xHeaders?: CustomHeader[];
}
export interface StartCallOptions {
  videoOptions?: VideoOptions;
  audioOptions?: AudioOptions;
  /** The number that a called phone sees. A call to a phone number needs one that the resource owns. */
  alternateCallerId?: PhoneNumberIdentifier;
  customContext?: CustomContext;
  threadId?: string;
}
export interface AddPhoneNumberOptions {
  alternateCallerId?: PhoneNumberIdentifier;
  /** For who is added. */
  customContext?: CustomContext;
  threadId?: string;
}
export interface HangUpOptions {
  forEveryone?: boolean;
}
export interface GroupCallLocator {
  groupId: string;
}
export interface RoomCallLocator {
  roomId: string;
}
export interface TeamsMeetingLinkLocator {
  meetingLink: string;
}
export interface TeamsMeetingIdLocator {
  meetingId: string;
  passcode?: string;
}
export interface TeamsMeetingCoordinatesLocator {
  threadId: string;
  organizerId: string;
  tenantId: string;
  messageId: string;
}
export interface CreateViewOptions {
  isMirrored?: boolean;
  scalingMode?: ScalingMode;
}
export interface PermissionConstraints {
  audio: boolean;
  video: boolean;
}
export interface DeviceAccess {
  audio: boolean;
  video: boolean;
}
/** The values of a device's permission. */
export const DevicePermissionAccess = { Granted: "Granted", Denied: "Denied", Prompt: "Prompt" } as const;
export type DevicePermissionAccess = (typeof DevicePermissionAccess)[keyof typeof DevicePermissionAccess];
