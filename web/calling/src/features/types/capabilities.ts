// What this client may do in a call: types.
import type { CallFeature } from "../feature";

export type CapabilityResolutionReason =
  | "Capable"
  | "CapabilityNotApplicableForTheCallType"
  | "ClientRestricted"
  | "UserPolicyRestricted"
  | "RoleRestricted"
  | "FeatureNotSupported"
  | "MeetingRestricted"
  | "NotInitialized"
  | "NotCapable"
  | "TeamsPremiumLicenseRestricted"
  | "IpModeUserPolicyRestricted"
  | "ExplicitConsentRequired";
export interface ParticipantCapability {
  isPresent: boolean;
  reason: CapabilityResolutionReason;
}
export type ParticipantCapabilityName =
  | "turnVideoOn"
  | "unmuteMic"
  | "shareScreen"
  | "removeParticipant"
  | "hangUpForEveryOne"
  | "addCommunicationUser"
  | "addTeamsUser"
  | "addPhoneNumber"
  | "manageLobby"
  | "spotlightParticipant"
  | "removeParticipantsSpotlight"
  | "blurBackground"
  | "startLiveMeetingCaptions"
  | "startLiveCallingCaptions"
  | "setCaptionLanguage"
  | "raiseHand"
  | "pstnDialOut"
  | "muteOthers"
  | "useReactions"
  | "viewAttendeeNames"
  | "startTogetherMode"
  | "joinBreakoutRooms"
  | "forbidOthersAudio"
  | "forbidOthersVideo"
  | "realTimeText";
export type ParticipantCapabilities = { [name in ParticipantCapabilityName]: ParticipantCapability };
export type CapabilitiesChangedReason =
  | "RoleChanged"
  | "UserPolicyChanged"
  | "MeetingOptionOrOrganizerPolicyChanged"
  | "TeamsPremiumLicenseChanged"
  | "MeetingRoleChanged"
  | "MeetingDetailsChanged";
export interface CapabilitiesChangeInfo {
  oldValue: Partial<ParticipantCapabilities>;
  newValue: Partial<ParticipantCapabilities>;
  reason: CapabilitiesChangedReason;
}
export interface CapabilitiesFeature extends CallFeature {
  readonly capabilities: ParticipantCapabilities;
  on(event: "capabilitiesChanged", listener: (args: CapabilitiesChangeInfo) => void): void;
  off(event: "capabilitiesChanged", listener: (args: CapabilitiesChangeInfo) => void): void;
}
