// One person of the gallery: the picture, or the first letters of the name.
import { VideoStreamRenderer, type LocalVideoStream, type RemoteVideoStream, type ScalingMode } from "../../calling/src/index";
import { icon } from "./icons";
import { paintFace, text } from "./page";

export interface Look {
  name: string;
  muted: boolean;
  speaking: boolean;
  hand: boolean;
  held: boolean;
}

type Stream = LocalVideoStream | RemoteVideoStream;

/** An element that shows a stream, another one, or none. */
export class Picture {
  private shown?: Stream;
  private renderer?: VideoStreamRenderer;

  constructor(private frame: HTMLElement, private scalingMode: ScalingMode, private isMirrored = false) {}

  show(stream: Stream | undefined): void {
    if (stream === this.shown) return;
    this.shown = stream;
    this.renderer?.dispose();
    this.renderer = undefined;
    this.frame.replaceChildren();
    this.frame.parentElement?.classList.remove("on");
    if (stream) void this.open(stream);
  }

  private async open(stream: Stream): Promise<void> {
    const renderer = (this.renderer = new VideoStreamRenderer(stream));
    try {
      const view = await renderer.createView({ scalingMode: this.scalingMode, isMirrored: this.isMirrored });
      if (this.renderer !== renderer) return;
      this.frame.replaceChildren(view.target);
      this.frame.parentElement?.classList.add("on");
    } catch {
      // No picture came, or another was asked for: the next update tries again.
      if (this.renderer === renderer) this.renderer = this.shown = undefined;
    }
  }
}

export class Tile {
  readonly root = text("div", "tile", "");
  private face = text("span", "face", "");
  private label = text("p", "label", "");
  private hand = text("span", "raised", "");
  private picture: Picture;
  private state = "";

  constructor(own: boolean) {
    const frame = text("div", "picture", "");
    this.picture = new Picture(frame, "Crop", own);
    this.hand.append(icon("hand"));
    this.hand.title = "Hand raised";
    this.root.classList.toggle("own", own);
    this.root.append(this.face, frame, this.hand, this.label);
  }

  update(look: Look, stream: Stream | undefined): void {
    const state = JSON.stringify(look);
    if (state !== this.state) {
      this.state = state;
      paintFace(this.face, look.name);
      this.label.replaceChildren(...(look.muted ? [icon("microphone-off")] : []), text("span", "", look.held ? `${look.name} (on hold)` : look.name));
      this.root.classList.toggle("speaking", look.speaking && !look.muted);
      this.root.classList.toggle("held", look.held);
      this.hand.hidden = !look.hand;
    }
    this.picture.show(stream);
  }

  remove(): void {
    this.picture.show(undefined);
    this.root.remove();
  }
}
