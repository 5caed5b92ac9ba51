// A page that was written for @azure/communication-calling, in the fewest lines, as modules
// are imported (moved.mjs) and required (moved.cjs).
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallClient, Features, LocalVideoStream, VideoStreamRenderer } from "@azure/communication-calling";
import { move } from "./move.mjs";

move({ AzureCommunicationTokenCredential, CallClient, Features, LocalVideoStream, VideoStreamRenderer });
