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

/** The sound of a shared screen beside that of the microphone: a mixture while there is one. */
export class ScreenSound {
  private track?: MediaStreamTrack;
  private mixed?: Mixture;

  /** Takes another one, or none. False: it is the same. */
  change(track: MediaStreamTrack | undefined): boolean {
    if (track === this.track) return false;
    this.track = track;
    return true;
  }

  /** What is sent: the microphone's track, with what a shared screen plays. */
  with(microphone: MediaStreamTrack | null): MediaStreamTrack | null {
    const before = this.mixed;
    this.mixed = this.track && mixture(microphone ? [microphone, this.track] : [this.track]);
    before?.close();
    return this.mixed?.track ?? microphone;
  }

  close(): void {
    this.mixed?.close();
  }
}
