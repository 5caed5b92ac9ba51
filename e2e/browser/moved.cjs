const { AzureCommunicationTokenCredential } = require("@azure/communication-common");
const { CallClient, Features, LocalVideoStream, VideoStreamRenderer } = require("@azure/communication-calling");
const { move } = require("./move.mjs");

move({ AzureCommunicationTokenCredential, CallClient, Features, LocalVideoStream, VideoStreamRenderer });
