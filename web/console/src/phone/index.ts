// The softphone's part of the browser library, which the page loads when somebody calls.
export { AzureCommunicationTokenCredential } from "@azure/communication-common";
export { CallClient, Features, LocalAudioStream } from "../../../calling/src/index";
