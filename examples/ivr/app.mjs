// A phone menu of text: callers say what they want, or press a key; then they say
// something, or enter digits, and hear it again. It is an ordinary Azure Communication
// Services application.
import { createServer } from "node:http";
import { CallAutomationClient } from "@azure/communication-call-automation";

import { caller, clientOptions, connectionString, subscribe, webhooks } from "../local.mjs";

const client = new CallAutomationClient(connectionString, clientOptions);
const calls = new Map(); // callConnectionId -> { caller, failures }
let callbacks; // URL

// On Azure this names the resource that speaks and understands. Switchhook's own
// configuration says who does; see docs/speech.md.
const callIntelligenceOptions = { cognitiveServicesEndpoint: "https://contoso.cognitiveservices.azure.com" };

const text = (words) => ({ kind: "textSource", text: words, sourceLocale: "en-US" });

const menu = [
  { label: "sales", phrases: ["sales", "buy something"], tone: "one" },
  { label: "support", phrases: ["support", "technical support"], tone: "two" },
];

// What is asked, by operationContext.
const questions = {
  menu: {
    kind: "callMediaRecognizeChoiceOptions", choices: menu, speechLanguage: "en-US", interruptPrompt: true, initialSilenceTimeoutInSeconds: 8,
    playPrompt: text("Welcome to Contoso. For sales, press one, or say sales. For technical support, press two, or say support."),
  },
  request: {
    kind: "callMediaRecognizeSpeechOrDtmfOptions", maxTonesToCollect: 6, stopDtmfTones: ["pound"], endSilenceTimeoutInSeconds: 1,
    speechLanguage: "en-US", interruptPrompt: true, initialSilenceTimeoutInSeconds: 8,
    playPrompt: text("Please say what it is about, or enter your customer number, and pound."),
  },
};

const media = (id) => client.getCallConnection(id).getCallMedia();
const ask = (id, question) => media(id).startRecognizing(calls.get(id).caller, { ...questions[question], operationContext: question });
const say = (id, words, operationContext) => (console.log("says:", words), media(id).playToAll([text(words)], { operationContext }));

// 1. Event Grid announces an incoming call: answer it. Who calls comes back with
// CallConnected, which may be here before the answer to this request.
const incoming = ({ data }) =>
  client.answerCall(data.incomingCallContext, callbacks, { callIntelligenceOptions, operationContext: JSON.stringify(caller(data.from)) });

// 2. Call Automation reports what happens in the call: take the next step.
async function callback({ type, data }) {
  const id = data.callConnectionId;
  const kind = type.replace("Microsoft.Communication.", "");
  console.log(kind, kind === "CallConnected" ? "" : data.operationContext ?? "", data.resultInformation?.message ?? "");
  switch (kind) {
    case "CallConnected":
      calls.set(id, { caller: JSON.parse(data.operationContext), failures: 0 });
      return ask(id, "menu");
    case "RecognizeCompleted":
      return understood(id, data);
    case "RecognizeFailed": // nobody spoke, or it was not understood
      return ++calls.get(id).failures > 2
        ? say(id, "I am sorry. Please call again later. Goodbye.", "goodbye")
        : say(id, "I did not understand you.", data.operationContext);
    case "PlayCompleted": // a question follows what was said, or the end
      return data.operationContext === "goodbye" ? client.getCallConnection(id).hangUp(true) : ask(id, data.operationContext);
    case "PlayFailed":
      return client.getCallConnection(id).hangUp(true);
    case "CallDisconnected":
      return void calls.delete(id);
  }
}

function understood(id, data) {
  if (data.recognitionType === "choices") return say(id, `You have chosen ${data.choiceResult.label}.`, "request");
  const said = data.dtmfResult ? `You have entered ${data.dtmfResult.tones.join(" ")}.` : `You said: ${data.speechResult.speech}`;
  return say(id, `${said} Thank you. Goodbye.`, "goodbye");
}

const server = createServer(webhooks(incoming, callback));
server.listen(Number(process.env.PORT ?? 3002), "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  callbacks = `${address}/callbacks`;
  await subscribe("ivr", `${address}/events`);
  console.log(`ready on ${address}: call +15550100001`);
});
