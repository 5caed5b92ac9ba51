// What tests measure with in a page.

/** How much of what a stream carries in `ms` is a tone of `hz`: 0 to 1, and its level. */
export async function tone(stream: MediaStream, hz: number, ms: number): Promise<{ share: number; level: number }> {
  const context = new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 4096;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const step = (2 * Math.PI * hz) / context.sampleRate;
  let at = 0;
  let all = 0;
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    analyser.getFloatTimeDomainData(samples);
    let re = 0;
    let im = 0;
    for (let i = 0; i < samples.length; i++) {
      re += samples[i] * Math.cos(step * i);
      im += samples[i] * Math.sin(step * i);
      all += samples[i] ** 2;
    }
    at += (2 * (re ** 2 + im ** 2)) / samples.length;
  }
  await context.close();
  return { share: all > 0 ? at / all : 0, level: Math.sqrt(all) };
}

/** Whether an element shows pictures that change within two seconds: a busy machine shows few. */
export async function moves(video: HTMLVideoElement): Promise<boolean> {
  const look = (): string => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
    const context = canvas.getContext("2d")!;
    context.drawImage(video, 0, 0, 64, 36);
    return String(context.getImageData(0, 0, 64, 36).data);
  };
  const before = look();
  for (let looks = 0; looks < 20 && video.style.opacity !== "0"; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (look() !== before) return video.style.opacity !== "0";
  }
  return false;
}

/** What is seen of a picture for some ms, and how much of the sound did not come in time. */
export async function watchPictures(video: HTMLVideoElement, sound: () => Promise<{ all: number; concealed: number }>, ms: number): Promise<object> {
  const until = performance.now() + ms;
  const before = await sound();
  let last = performance.now();
  let longest = 0;
  let pictures = 0;
  const look = (now: number): void => {
    pictures++;
    longest = Math.max(longest, now - last);
    last = now;
    if (now < until) video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await sound();
  const concealed = (after.concealed - before.concealed) / Math.max(1, after.all - before.all);
  return { pictures, longest: Math.max(longest, performance.now() - last), width: video.videoWidth, concealed };
}

/** Collects garbage from a task of its own: with a script on the stack, the browser keeps whatever a word of the stack may point to. */
export async function collected(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await (globalThis as { gc?(options: object): Promise<void> }).gc?.({ type: "major", execution: "async" });
}
