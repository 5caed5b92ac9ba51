// Recording and transcription: types.
import type { CallFeature } from "../feature";
import type { CollectionUpdatedEvent, PropertyChangedEvent } from "../../types";

/** The state of a recording. */
export enum RecordingState {
  None = 0,
  Started = 1,
  Paused = 2,
  Ended = 3,
}
export interface RecordingInfo {
  readonly state: RecordingState;
  on(event: "recordingStateChanged", listener: PropertyChangedEvent): void;
  off(event: "recordingStateChanged", listener: PropertyChangedEvent): void;
}
export interface RecordingCallFeature extends CallFeature {
  readonly isRecordingActive: boolean;
  readonly recordings: RecordingInfo[];
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
  on(event: "isRecordingActiveChanged", listener: PropertyChangedEvent): void;
  on(event: "recordingsUpdated", listener: CollectionUpdatedEvent<RecordingInfo>): void;
  off(event: "isRecordingActiveChanged", listener: PropertyChangedEvent): void;
  off(event: "recordingsUpdated", listener: CollectionUpdatedEvent<RecordingInfo>): void;
}
export interface TranscriptionCallFeature extends CallFeature {
  readonly isTranscriptionActive: boolean;
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
  on(event: "isTranscriptionActiveChanged", listener: PropertyChangedEvent): void;
  off(event: "isTranscriptionActiveChanged", listener: PropertyChangedEvent): void;
}
