// Two sounds as one track: the microphone, and what a shared screen plays.

export interface Mixture {
  track: MediaStreamTrack;
  close(): void;
}

/** Mixes tracks. A track that is disabled is silent in the mixture. */
export function mixture(tracks: MediaStreamTrack[]): Mixture {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  for (const track of tracks) context.createMediaStreamSource(new MediaStream([track])).connect(out);
  context.resume().catch(() => {}); // it was closed before it began
  const [track] = out.stream.getAudioTracks();
  return {
    track,
    close: () => {
      track.stop();
      if (context.state !== "closed") void context.close();
    },
  };
}
