// All pictures of one call: what this client sends, and what it shows of others.
import { coded, failure, hasCode } from "../errors";
import { captureScreen } from "../media/capture";
import { limitsOf } from "../media/demand";
import type { Picture } from "../media/lines";
import { localVideo, screenStream, type LocalVideoStream } from "../media/localvideostream";
import type { Peer } from "../media/peer";
import type { Frame } from "../signalling/socket";
import type { MediaConstraints, VideoOptions } from "../types";
import type { CallCore } from "./call";
import { Gallery } from "./gallery";
import { Outgoing } from "./outgoing";
import { established, over, silent } from "./state";

export class Pictures {
  readonly camera: Outgoing;
  readonly screen: Outgoing;
  readonly gallery: Gallery;
  private screenSounds = false;
  private sharing: Promise<void> = Promise.resolve();

  constructor(private call: CallCore) {
    const log = call.context.log;
    const outgoing = (kind: Picture): Outgoing =>
      new Outgoing(kind, { connected: () => this.connected(), tell: (on) => call.ask("media.state", { [kind]: on }), log });
    this.camera = outgoing("camera");
    this.screen = outgoing("screen");
    this.gallery = new Gallery({ peer: () => call.sound.peer, want: (streams) => call.ask("media.want", { streams }), log });
    for (const one of [this.camera, this.screen]) one.events.on("streams", (change) => call.events.emit("localVideoStreamsUpdated", change));
    this.camera.events.on("on", () => call.events.emit("isLocalVideoStartedChanged"));
    this.screen.events.on("on", () => this.screenTurned());
    this.camera.events.on("slow", () => call.inner.emit("camera", { timedOut: true }));
    this.camera.events.on("lost", () => call.inner.emit("camera", { stopped: true }));
    this.camera.events.on("withheld", (stopped) => call.inner.emit("camera", { stopped }));
    this.screen.events.on("lost", () => call.inner.emit("screen", { stopped: true }));
    call.events.on("stateChanged", () => this.follow());
  }

  get local(): ReadonlyArray<LocalVideoStream> {
    return [this.camera.stream, this.screen.stream].filter((stream) => stream !== undefined);
  }

  /** What the application gave for the beginning. A camera that cannot be opened is no reason to have no call. */
  begin(options: VideoOptions | undefined): void {
    this.camera.limit(options?.constraints?.send ?? {});
    const stream = options?.localVideoStreams?.[0];
    if (stream && !this.camera.stream) this.startVideo(stream).catch((error) => this.call.context.log(`camera: ${error}`));
  }

  take(frame: Frame): void {
    switch (frame.t) {
      case "media.slots":
        return this.gallery.take(frame.slots ?? []);
      case "media.layers":
        this.camera.want(frame.camera ?? []);
        return this.screen.want(frame.screen ? ["screen"] : []);
      case "media.stopped":
        return (frame.kind === "screen" ? this.screen : this.camera).stopped();
      case "media.need":
        this.call.sound.peer?.need(frame.slots).catch((error) => this.call.context.log(`media: ${error}`));
    }
  }

  async startVideo(stream: LocalVideoStream): Promise<void> {
    localVideo(stream);
    this.alive();
    try {
      await this.camera.start(stream);
      this.call.inner.emit("camera", {});
    } catch (error) {
      if (hasCode(error) && error.subCode >= 43000) this.call.inner.emit("camera", { failed: true, denied: error.code === 403 });
      throw coded(error, 500, 41048);
    }
  }

  async stopVideo(stream: LocalVideoStream): Promise<void> {
    if (!this.camera.stream) throw failure(400, 41030, "no video is being sent");
    if (localVideo(stream) !== localVideo(this.camera.stream)) throw failure(400, 41032, "another stream is being sent");
    await this.camera.stop();
  }

  async startScreenSharing(given?: LocalVideoStream): Promise<void> {
    if (!established(this.call.state)) throw failure(412, 41071, "only a connected call can share a screen");
    if (this.screen.stream) throw failure(400, 41035, "a screen is being shared already");
    if (given) localVideo(given);
    const stream = given ?? screenStream(await this.capture());
    if (this.screen.stream || !established(this.call.state)) {
      localVideo(stream).dispose();
      throw failure(400, 41035, "a screen is being shared already, or the call is over");
    }
    this.call.inner.emit("screen", {});
    try {
      await this.screen.start(stream);
    } catch (error) {
      if (!given) localVideo(stream).dispose();
      throw coded(error, 500, 41071);
    }
  }

  async stopScreenSharing(): Promise<void> {
    await this.screen.stop();
  }

  /** The server, which had lost the call, has to be told anew what is sent and what is wanted. */
  again(): void {
    this.camera.again();
    this.screen.again();
    this.gallery.again();
    if (this.screenSounds) this.call.ask("media.state", { screenSound: true }).catch((error) => this.call.context.log(`sound of the screen: ${error}`));
  }

  constrain({ video }: MediaConstraints): void {
    this.camera.limit(limitsOf(video?.send));
  }

  close(): void {
    this.camera.close();
    this.screen.close();
    this.gallery.close();
  }

  private async capture(): Promise<MediaStream> {
    try {
      return await captureScreen();
    } catch (error) {
      // That the user changed their mind is no fault of the capturer.
      if (hasCode(error) && error.code !== 403) this.call.inner.emit("screen", { failed: true, disabled: error.subCode === 43016 });
      throw error;
    }
  }

  /** The sound of what is shared goes with the microphone's, and is heard while that is muted. */
  private screenTurned(): void {
    const { call, screen } = this;
    const share = async (): Promise<void> => {
      const stream = screen.on && screen.stream ? await localVideo(screen.stream).stream() : undefined;
      await call.sound.share(stream);
      const sounds = (stream?.getAudioTracks().length ?? 0) > 0;
      if (sounds === this.screenSounds || over(call.state)) return;
      await call.ask("media.state", { screenSound: sounds });
      this.screenSounds = sounds;
    };
    // One after the other: each time what the screen is by then.
    this.sharing = this.sharing.then(share).catch((error) => {
      if (!over(call.state)) call.context.log(`sound of the screen: ${error}`);
    });
    call.events.emit("isScreenSharingOnChanged");
  }

  private follow(): void {
    const held = silent(this.call.state);
    this.gallery.established = established(this.call.state);
    for (const one of [this.camera, this.screen, this.gallery]) one.hold(held);
  }

  private alive(): void {
    if (over(this.call.state) || this.call.endReason) throw failure(410, 41048, "the call is over");
  }

  /** The call's connection, once the call is connected. */
  private connected(): Promise<Peer> {
    const { call } = this;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const peer = call.sound.peer;
        const gone = over(call.state);
        if (!gone && !(established(call.state) && peer)) return;
        call.events.off("stateChanged", look);
        if (peer && !gone) resolve(peer);
        else reject(failure(410, 41048, "the call ended before"));
      };
      call.events.on("stateChanged", look);
      look();
    });
  }
}
