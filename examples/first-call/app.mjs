// A phone menu: it answers a call, plays a tone, collects keys until #, sends two
// keys back and hangs up. It is an ordinary Azure Communication Services
// application; only its connection string is not from Azure.
import { createServer } from "node:http";
import { CallAutomationClient } from "@azure/communication-call-automation";

const port = 3000;
const here = `http://127.0.0.1:${port}`;
const client = new CallAutomationClient(process.env.CONNECTION_STRING);
const callers = new Map(); // callConnectionId -> who called

// Who calls, by a raw id: a phone number, or a user, such as the softphone of the console.
const caller = (rawId) => (rawId.startsWith("4:") ? { phoneNumber: rawId.slice(2) } : { communicationUserId: rawId });

// 1. Event Grid announces an incoming call: answer it. Who calls comes back with
// CallConnected.
async function incoming(event) {
  if (event.eventType === "Microsoft.EventGrid.SubscriptionValidationEvent") {
    return { validationResponse: event.data.validationCode };
  }
  await client.answerCall(event.data.incomingCallContext, `${here}/callbacks`, { operationContext: event.data.from.rawId });
}

// 2. Call Automation reports what happens in the call: take the next step.
async function callback({ type, data }) {
  console.log(type.replace("Microsoft.Communication.", ""), data.resultInformation.message);
  const connection = client.getCallConnection(data.callConnectionId);
  const media = connection.getCallMedia();
  if (type === "Microsoft.Communication.CallConnected") callers.set(data.callConnectionId, caller(data.operationContext));
  const who = callers.get(data.callConnectionId);
  switch (type) {
    case "Microsoft.Communication.CallConnected":
      return media.startRecognizing(who, { kind: "callMediaRecognizeDtmfOptions", maxTonesToCollect: 8, stopDtmfTones: ["pound"],
        playPrompt: { kind: "fileSource", url: `${here}/prompt.wav` }, initialSilenceTimeoutInSeconds: 10 });
    case "Microsoft.Communication.RecognizeCompleted":
      console.log("keys:", data.dtmfResult.tones.join(" "));
      return media.sendDtmfTones(["one", "pound"], who);
    case "Microsoft.Communication.RecognizeFailed":
    case "Microsoft.Communication.SendDtmfTonesCompleted":
    case "Microsoft.Communication.SendDtmfTonesFailed":
      return connection.hangUp(true);
  }
}

// Two seconds of 440 Hz, 16 kHz, 16 bits, mono.
function prompt() {
  const samples = 32000;
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write("RIFF", 0); wav.writeUInt32LE(36 + 2 * samples, 4); wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(16000, 24);
  wav.writeUInt32LE(32000, 28); wav.writeUInt16LE(2, 32); wav.writeUInt16LE(16, 34); wav.write("data", 36);
  wav.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++) wav.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / 16000)), 44 + 2 * i);
  return wav;
}

createServer(async (request, response) => {
  if (request.url === "/prompt.wav") return response.writeHead(200, { "Content-Type": "audio/wav" }).end(prompt());
  let body = "";
  for await (const chunk of request) body += chunk;
  try {
    const [event] = JSON.parse(body); // both send an array with one event
    const answer = request.url === "/events" ? await incoming(event) : await callback(event);
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer ?? {}));
  } catch (error) {
    console.error(error.message);
    response.writeHead(500).end();
  }
}).listen(port, "127.0.0.1", () => console.log(`listening on ${here}`));
