// A track that several calls send: which is muted or held closes it for itself alone.

/** Who sends a track itself; others send copies of it. */
const firsts = new WeakMap<MediaStreamTrack, SharedTrack>();

export class SharedTrack {
  private of?: MediaStreamTrack;
  private copy?: MediaStreamTrack;

  /** What this call sends of a track from now on: the track, or a copy where another call sends it. */
  take(track: MediaStreamTrack): MediaStreamTrack {
    if (track !== this.of) {
      this.letGo();
      this.of = track;
      if (firsts.has(track)) this.copy = track.clone();
      else firsts.set(track, this);
    }
    return this.copy ?? track;
  }

  /** It sends nothing any more. */
  letGo(): void {
    if (this.of && firsts.get(this.of) === this) firsts.delete(this.of);
    this.copy?.stop();
    this.of = this.copy = undefined;
  }
}
