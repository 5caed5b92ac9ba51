// Which browser this is, and whether another tab has a client: types.
import type { CallClientFeature } from "../feature";
import type { PropertyChangedEvent } from "../../types";

export interface Environment {
  platform: string;
  browser: string;
  browserVersion: string;
}
export interface EnvironmentInfo {
  environment: Environment;
  isSupportedPlatform: boolean;
  isSupportedBrowser: boolean;
  isSupportedBrowserVersion: boolean;
  isSupportedEnvironment: boolean;
}
export interface DebugInfoFeature extends CallClientFeature {
  readonly isCallClientActiveInAnotherTab: boolean;
  getEnvironmentInfo(): Promise<EnvironmentInfo>;
  on(event: "isCallClientActiveInAnotherTabChanged", listener: PropertyChangedEvent): void;
  off(event: "isCallClientActiveInAnotherTabChanged", listener: PropertyChangedEvent): void;
}
