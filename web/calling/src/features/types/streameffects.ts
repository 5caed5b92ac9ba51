// Features of streams, which are their effects: their types.
import type { StreamFeature } from "../feature";

export type VideoEffectName = "BackgroundBlur" | "BackgroundReplacement";
export type AudioEffectName = string;
export interface VideoEffect {
  readonly name: string;
}
export interface AudioEffect {
  readonly name: AudioEffectName;
}
export interface BackgroundBlurConfig {
  blurLevel?: number;
}
export interface BackgroundReplacementConfig {
  backgroundImageUrl: string;
}
export interface BackgroundBlurEffect extends VideoEffect {
  configure?(config: BackgroundBlurConfig): Promise<void>;
}
export interface BackgroundReplacementEffect extends VideoEffect {
  configure(config: BackgroundReplacementConfig): Promise<void>;
}
export interface VideoEffectErrorPayload {
  name: string;
  code: number;
  message: string;
}
type VideoEffectsEvent = "effectsStarted" | "effectsStopped" | "fpsWarningThresholdReached" | "timeForEffectsWarningReached";
export interface VideoEffectsFeature extends StreamFeature {
  readonly activeEffects: VideoEffectName[];
  isSupported(effect: VideoEffect): Promise<boolean>;
  startEffects(effect: VideoEffect): Promise<void>;
  stopEffects(): Promise<void>;
  on(event: VideoEffectsEvent, listener: (activeEffects: VideoEffectName[]) => void): void;
  on(event: "effectsError", listener: (error: VideoEffectErrorPayload) => void): void;
  off(event: VideoEffectsEvent, listener: (activeEffects: VideoEffectName[]) => void): void;
  off(event: "effectsError", listener: (error: VideoEffectErrorPayload) => void): void;
}
export interface AudioEffectsStartConfig {
  autoGainControl?: AudioEffect | AudioEffectName;
  echoCancellation?: AudioEffect | AudioEffectName;
  noiseSuppression?: AudioEffect | AudioEffectName;
}
export interface AudioEffectsStopConfig {
  autoGainControl?: boolean;
  echoCancellation?: boolean;
  noiseSuppression?: boolean;
}
export interface ActiveAudioEffects {
  autoGainControl?: AudioEffectName[];
  echoCancellation?: AudioEffectName[];
  noiseSuppression?: AudioEffectName[];
}
export interface AudioEffectErrorPayload {
  code: number;
  message: string;
}
export interface AudioEffectsFeature extends StreamFeature {
  readonly activeEffects: ActiveAudioEffects;
  isSupported(effect: AudioEffect | AudioEffectName): Promise<boolean>;
  startEffects(config: AudioEffectsStartConfig): Promise<void>;
  stopEffects(config: AudioEffectsStopConfig): Promise<void>;
  on(event: "effectsStarted" | "effectsStopped", listener: (effects: ActiveAudioEffects) => void): void;
  on(event: "effectsError", listener: (error: AudioEffectErrorPayload) => void): void;
  off(event: "effectsStarted" | "effectsStopped", listener: (effects: ActiveAudioEffects) => void): void;
  off(event: "effectsError", listener: (error: AudioEffectErrorPayload) => void): void;
}
