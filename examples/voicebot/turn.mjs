// Finds when somebody begins to speak and when they have finished, by loudness. A
// realtime model has a better one.
const loud = 600; // of 32767, root mean square; the noise of a line is below
const beginsAfter = 0.12; // seconds of sound
const endsAfter = 0.7; // seconds of silence

export class TurnDetector {
  #rate;
  #began = 0; // seconds of sound in a row, until the turn begins
  #quiet = 0; // seconds of silence, within a turn
  #speaking = false;
  length = 0; // seconds, of the present turn or the last one

  constructor(rate) {
    this.#rate = rate;
  }

  // hear takes 16-bit PCM and returns "began", "ended" or undefined.
  hear(pcm) {
    const seconds = pcm.length / 2 / this.#rate;
    const sound = rms(pcm) > loud;
    if (!this.#speaking) {
      this.#began = sound ? this.#began + seconds : 0;
      if (this.#began < beginsAfter) return;
      this.#speaking = true;
      this.length = this.#began;
      this.#quiet = 0;
      return "began";
    }
    this.length += seconds;
    this.#quiet = sound ? 0 : this.#quiet + seconds;
    if (this.#quiet < endsAfter) return;
    this.#speaking = false;
    this.#began = 0;
    this.length -= this.#quiet;
    return "ended";
  }
}

function rms(pcm) {
  let sum = 0;
  for (let at = 0; at + 1 < pcm.length; at += 2) sum += pcm.readInt16LE(at) ** 2;
  return Math.sqrt(sum / Math.max(1, pcm.length / 2));
}
