// A stand-in for a realtime language model, for a laptop without one. Like such a
// model it takes sound as it comes, finds the caller's turns itself, tells when the
// caller begins to speak, and delivers its answers faster than they are heard. It
// understands nothing: it says how long the caller has spoken.
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";

import { TurnDetector } from "./turn.mjs";
import { fromWav } from "./sound.mjs";

const rate = 24000; // Hz; 16 bits, little-endian, one channel

// Events: speechStarted; audio (a Buffer of PCM); text (what is said).
export class Model extends EventEmitter {
  #turns = new TurnDetector(rate);
  #answers = 0;
  #speaking; // the program that makes the present answer

  greet() {
    this.#say("Hello. I am a voice agent. Say something, and I will tell you how long you have spoken.");
  }

  hear(pcm) {
    const change = this.#turns.hear(pcm);
    if (change === "began") {
      this.close(); // what it was about to say is not said any more
      this.emit("speechStarted");
    }
    if (change === "ended") this.#answer(this.#turns.length);
  }

  #answer(seconds) {
    const number = ++this.#answers;
    this.#say(`This is answer ${number}. You have spoken for ${seconds.toFixed(1)} seconds. ` +
      "I could go on for a long while about that, because I like to listen to myself, but you may interrupt me at any time.");
  }

  // close stops the present answer.
  close() {
    this.#speaking?.kill();
    this.#speaking = undefined;
  }

  #say(text) {
    this.close();
    this.emit("text", text);
    const program = (this.#speaking = spawn("espeak-ng", ["--stdin", "--stdout", "-b", "1", "-v", "en-us"]));
    const parts = [];
    program.on("error", () => console.error("espeak-ng is not installed: sudo apt-get install espeak-ng"));
    program.stdout.on("data", (part) => parts.push(part));
    program.on("close", (code) => {
      if (code !== 0 || this.#speaking !== program) return;
      const pcm = fromWav(Buffer.concat(parts), rate);
      for (let at = 0; at < pcm.length; at += rate / 2) this.emit("audio", pcm.subarray(at, at + rate / 2)); // a quarter of a second each
    });
    program.stdin.on("error", () => {}); // of a program that could not be started
    program.stdin.end(text);
  }
}
