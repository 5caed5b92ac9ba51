// The vendors' own clients of speech services: they prove that the fakes, against which
// the server is tested, are what those clients take for the services. Usage:
//   node vendors.mjs VENDOR URL FILE   (a file of samples: 16 kHz, 16 bits, little-endian)
// It prints what was understood as JSON: {"text": …, "hypotheses": […]}.
import { readFileSync } from "node:fs";

const [vendor, address, file] = process.argv.slice(2);
const sound = readFileSync(file);
const hypotheses = [];

// chunks are 100 ms of sound each.
function* chunks(pcm, size) {
  for (let at = 0; at < pcm.length; at += size) yield pcm.subarray(at, at + size);
}

const vendors = {
  async azure() {
    const { default: sdk } = await import("microsoft-cognitiveservices-speech-sdk");
    const config = sdk.SpeechConfig.fromEndpoint(new URL(address.replace("http", "ws") + "/stt/speech/universal/v2"), "hush");
    config.speechRecognitionLanguage = "en-GB";
    config.outputFormat = sdk.OutputFormat.Detailed;
    config.requestWordLevelTimestamps();
    const stream = sdk.AudioInputStream.createPushStream(sdk.AudioStreamFormat.getWaveFormatPCM(16000, 16, 1));
    stream.write(sound.buffer.slice(sound.byteOffset, sound.byteOffset + sound.length));
    stream.close();
    const recognizer = new sdk.SpeechRecognizer(config, sdk.AudioConfig.fromStreamInput(stream));
    recognizer.recognizing = (_, e) => hypotheses.push(e.result.text);
    const result = await new Promise((resolve, reject) => recognizer.recognizeOnceAsync(resolve, reject));
    recognizer.close();
    if (result.reason !== sdk.ResultReason.RecognizedSpeech) throw new Error(result.errorDetails ?? `reason ${result.reason}`);
    return result.text;
  },

  // It speaks, too: the text is how many bytes it said.
  async azureVoice() {
    const { default: sdk } = await import("microsoft-cognitiveservices-speech-sdk");
    const config = sdk.SpeechConfig.fromHost(new URL(address.replace("http", "ws")), "hush");
    config.speechSynthesisVoiceName = "en-US-AvaNeural";
    config.speechSynthesisOutputFormat = sdk.SpeechSynthesisOutputFormat.Raw16Khz16BitMonoPcm;
    const synthesizer = new sdk.SpeechSynthesizer(config, null);
    const result = await new Promise((resolve, reject) => synthesizer.speakTextAsync("Hello.", resolve, reject));
    synthesizer.close();
    if (result.reason !== sdk.ResultReason.SynthesizingAudioCompleted) throw new Error(result.errorDetails ?? `reason ${result.reason}`);
    return `${result.audioData.byteLength} bytes`;
  },

  async deepgram() {
    const { DeepgramClient } = await import("@deepgram/sdk");
    const socket = address.replace("http", "ws");
    const client = new DeepgramClient({ apiKey: "hush", environment: { base: address, production: socket, agent: socket, agentRest: address } });
    const connection = await client.listen.v1.connect({
      model: "nova-3", language: "en-US", encoding: "linear16", sample_rate: 16000, channels: 1, interim_results: "true",
    });
    const texts = [];
    const finished = new Promise((resolve, reject) => {
      connection.on("message", (m) => {
        if (m.type !== "Results") return;
        const text = m.channel.alternatives[0].transcript;
        if (m.is_final) texts.push(text);
        else if (text) hypotheses.push(text);
        if (m.from_finalize) resolve();
      });
      connection.on("error", reject);
    });
    connection.connect();
    await connection.waitForOpen();
    for (const chunk of chunks(sound, 3200)) connection.sendMedia(chunk);
    connection.sendFinalize({ type: "Finalize" });
    await finished;
    connection.close();
    return texts.join(" ");
  },

  async openai() {
    const { default: OpenAI } = await import("openai");
    const { OpenAIRealtimeWS } = await import("openai/realtime/ws");
    const client = new OpenAI({ apiKey: "hush", baseURL: address + "/v1" });
    const realtime = new OpenAIRealtimeWS({ model: "gpt-realtime", options: { rejectUnauthorized: false } }, client);
    const text = new Promise((resolve, reject) => {
      realtime.on("session.created", () => {
        realtime.send({
          type: "session.update",
          session: { type: "transcription", audio: { input: { format: { type: "audio/pcm", rate: 24000 }, transcription: { model: "gpt-4o-transcribe", language: "en" }, turn_detection: null } } },
        });
        for (const chunk of chunks(faster(sound), 4800)) realtime.send({ type: "input_audio_buffer.append", audio: chunk.toString("base64") });
        realtime.send({ type: "input_audio_buffer.commit" });
      });
      realtime.on("conversation.item.input_audio_transcription.delta", (e) => hypotheses.push(e.delta));
      realtime.on("conversation.item.input_audio_transcription.completed", (e) => resolve(e.transcript));
      realtime.on("error", reject);
    });
    const understood = await text;
    realtime.close();
    return understood;
  },
};

// The same by requests: a file is understood, a text is spoken.
vendors.openaiFile = async () => {
  const { default: OpenAI, toFile } = await import("openai");
  const client = new OpenAI({ apiKey: "hush", baseURL: address + "/v1" });
  const spoken = await client.audio.speech.create({ model: "tts-1", input: "Hello.", voice: "alloy", response_format: "pcm" });
  hypotheses.push(`${(await spoken.arrayBuffer()).byteLength} bytes`);
  const result = await client.audio.transcriptions.create({
    file: await toFile(wav(sound), "speech.wav"), model: "whisper-1", language: "en", response_format: "verbose_json", timestamp_granularities: ["word", "segment"],
  });
  if (result.words.length !== 3 || result.segments.length !== 1) throw new Error(JSON.stringify(result));
  return result.text.trim();
};

vendors.deepgramFile = async () => {
  const { DeepgramClient } = await import("@deepgram/sdk");
  const client = new DeepgramClient({ apiKey: "hush", environment: { base: address, production: address, agent: address, agentRest: address } });
  const spoken = await client.speak.v1.audio.generate({ text: "Hello.", model: "aura-2-thalia-en", encoding: "linear16", container: "none", sample_rate: 24000 });
  hypotheses.push(`${(await spoken.arrayBuffer()).byteLength} bytes`);
  const result = await client.listen.v1.media.transcribeFile(wav(sound), { model: "nova-3", language: "en-US" });
  return result.results.channels[0].alternatives[0].transcript;
};

// wav puts the header of a file before samples.
function wav(pcm) {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16000, 24);
  head.writeUInt32LE(32000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
}

// faster is 16 kHz at 24 kHz, by straight lines.
function faster(pcm) {
  const out = Buffer.alloc(Math.floor(pcm.length / 2 * 1.5) * 2);
  for (let i = 0; i < out.length / 2; i++) {
    const at = i / 1.5, from = Math.floor(at), to = Math.min(from + 1, pcm.length / 2 - 1);
    out.writeInt16LE(Math.round(pcm.readInt16LE(2 * from) * (from + 1 - at) + pcm.readInt16LE(2 * to) * (at - from)), 2 * i);
  }
  return out;
}

const text = await vendors[vendor]();
console.log(JSON.stringify({ text, hypotheses }));
process.exit(0);
