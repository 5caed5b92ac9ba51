// A voice agent: it answers a call, hears the caller over a WebSocket, and speaks over
// the same WebSocket. A caller who begins to speak interrupts it. It is an ordinary
// Azure Communication Services application; model.mjs is where a realtime language
// model would be.
import { createServer } from "node:http";
import { CallAutomationClient, StreamingData, createOutboundAudioData, createOutboundStopAudioData } from "@azure/communication-call-automation";
import { WebSocketServer } from "ws";

import { clientOptions, connectionString, subscribe, webhooks } from "../local.mjs";
import { Model } from "./model.mjs";

const client = new CallAutomationClient(connectionString, clientOptions);
let address; // 127.0.0.1:PORT

// 1. Event Grid announces an incoming call: answer it, with a stream both ways.
const incoming = (event) =>
  client.answerCall(event.data.incomingCallContext, `http://${address}/callbacks`, {
    mediaStreamingOptions: {
      transportUrl: `ws://${address}/stream`, transportType: "websocket", contentType: "audio", audioChannelType: "mixed",
      startMediaStreaming: true, enableBidirectional: true, audioFormat: "Pcm24KMono",
    },
  });

// 2. Call Automation reports what happens in the call. There is nothing to do.
const callback = ({ type, data }) => console.log(type.replace("Microsoft.Communication.", ""), data.resultInformation?.message ?? "");

// 3. The stream: the caller's sound to the model, the model's to the caller.
function converse(socket) {
  const say = (text) => socket.readyState === socket.OPEN && socket.send(text);
  const model = new Model();
  model.on("speechStarted", () => say(createOutboundStopAudioData())); // the caller interrupts
  model.on("audio", (pcm) => say(createOutboundAudioData(pcm.toString("base64"))));
  model.on("text", (text) => console.log("bot:", text));
  socket.on("message", (message) => {
    const data = StreamingData.parse(message.toString());
    if (StreamingData.getStreamingKind() === "AudioData") model.hear(Buffer.from(data.data, "base64"));
  });
  socket.on("close", () => model.close());
  model.greet();
}

const server = createServer(webhooks(incoming, callback));
const sockets = new WebSocketServer({ server, path: "/stream" });
sockets.on("connection", converse);
server.listen(Number(process.env.PORT ?? 3001), "127.0.0.1", async () => {
  address = `127.0.0.1:${server.address().port}`;
  await subscribe("voicebot", `http://${address}/events`);
  console.log(`ready on http://${address}: call +15550100001`);
});
