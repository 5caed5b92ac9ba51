// The application's end of media streaming: a WebSocket server, whose messages are
// read and written by the SDK.
import { createServer } from "node:http";
import {
  StreamingData,
  createOutboundAudioData,
  createOutboundStopAudioData,
} from "@azure/communication-call-automation";
import { WebSocketServer } from "ws";

export async function streamServer({ verify, write }) {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
  const streams = new Map(); // by path, the newest
  let refusal; // the status of the next handshakes

  server.on("upgrade", async (request, socket, head) => {
    if (refusal) return socket.end(`HTTP/1.1 ${refusal} Refused\r\nContent-Length: 0\r\n\r\n`);
    const signed = await verify(request.headers.authorization);
    sockets.handleUpgrade(request, socket, head, (ws) => accept(ws, request, signed));
  });

  function accept(ws, request, signed) {
    const stream = { ws, signed, headers: request.headers, kinds: [], audio: {}, tones: "", silent: 0, extensions: ws.extensions };
    streams.set(request.url, stream);
    ws.on("message", (message) => read(stream, message.toString()));
    ws.on("close", (code) => write({ event: "streamClosed", path: request.url, code }));
    write({ event: "streamOpened", path: request.url });
  }

  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `ws://127.0.0.1:${server.address().port}`;
  const of = ({ path }) => streams.get(path);
  return {
    streamAddress: ({ path }) => ({ url: url + path }),
    refuseStreams: ({ status }) => void (refusal = status),
    // What has come so far; sound is PCM by participant, "" for all together.
    streamed: (values) => {
      const { ws, audio, kinds, ...rest } = of(values);
      const sound = Object.fromEntries(Object.entries(audio).map(([who, parts]) => [who, Buffer.concat(parts).toString("base64")]));
      return { ...rest, kinds: kinds.slice(0, 10), frames: kinds.filter((kind) => kind === "AudioData").length, sound };
    },
    // One message of sound, as the SDK writes it.
    streamSay: (values) => of(values).ws.send(createOutboundAudioData(values.sound)),
    streamStop: (values) => of(values).ws.send(createOutboundStopAudioData()),
    streamSend: (values) => of(values).ws.send(values.text),
    streamCut: (values) => of(values).ws.terminate(),
  };
}

function read(stream, text) {
  const { kind, markData, audioData } = JSON.parse(text);
  stream.kinds.push(kind);
  if (kind === "TranscriptionData") return void (stream.texts ??= []).push(StreamingData.parse(text));
  if (kind === "MarkData") return void (stream.marks ??= []).push(markData); // which the SDK does not know
  const data = StreamingData.parse(text);
  if (kind === "AudioMetadata") stream.metadata = data;
  if (kind === "DtmfData") stream.tones += data.data;
  if (kind !== "AudioData") return;
  const who = audioData.participantRawID ?? "";
  (stream.audio[who] ??= []).push(Buffer.from(data.data, "base64"));
  if (data.isSilent) stream.silent++;
}
