// fromWav returns the sound of a WAV file of 16 bits and one channel, as PCM at a rate
// in Hz. The sizes in the file of a program that writes to a pipe are not to be
// trusted: what follows the header is the sound.
export function fromWav(wav, rate) {
  const from = wav.readUInt32LE(24);
  const start = wav.indexOf("data") + 8;
  const samples = new Int16Array((wav.length - start) >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = wav.readInt16LE(start + 2 * i);
  const out = Buffer.alloc(2 * Math.floor((samples.length * rate) / from));
  for (let i = 0; i < out.length / 2; i++) out.writeInt16LE(between(samples, (i * from) / rate), 2 * i);
  return out;
}

const reach = 16; // samples to each side that a sample in between depends on

// between is the sample at a place between others: a windowed sinc.
function between(samples, place) {
  const middle = Math.floor(place);
  let sum = 0;
  for (let k = middle - reach + 1; k <= middle + reach; k++) {
    const x = place - k;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / reach);
    sum += (samples[k] ?? 0) * window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  }
  return Math.max(-32768, Math.min(32767, Math.round(sum)));
}
