// Before the call: who one is, how one looks, and with which devices.
import { LocalVideoStream, VideoStreamRenderer, type DeviceManager, type VideoDeviceInfo } from "../../calling/src/index";
import { act, complain, element, label, paintFace, words } from "./page";

/** What the roles of a room may do (docs/compatibility.md, "Rooms"). */
const RIGHTS: Record<string, string> = {
  Presenter: "A Presenter speaks, shows a camera and a screen, mutes and removes others.",
  Attendee: "An Attendee speaks and shows a camera.",
  Collaborator: "A Collaborator speaks, shows a camera and a screen.",
  Consumer: "A Consumer sees and hears, and is neither seen nor heard.",
};

export class Lobby {
  muted = false;
  /** What will be shown, if the camera is on. */
  stream?: LocalVideoStream;
  private renderer?: VideoStreamRenderer;
  private cameras: VideoDeviceInfo[] = [];
  private turning = Promise.resolve();

  constructor(private devices: DeviceManager) {
    element("previewmute").onclick = () => this.mute(!this.muted);
    element("previewcamera").onclick = () => this.turn(!this.stream);
    element("cameras").onchange = () => this.stream && act(this.stream.switchSource(this.camera()!));
    element("microphones").onchange = () => act(this.chooseMicrophone());
    element("role").onchange = () => this.follow();
    element("name").oninput = () => this.follow();
    devices.on("videoDevicesUpdated", () => act(this.list()));
    devices.on("audioDevicesUpdated", () => act(this.list()));
    this.follow();
  }

  /** Asks for the devices, and shows the camera. */
  async open(): Promise<void> {
    const access = await this.devices.askDevicePermission({ audio: true, video: true });
    if (!access.audio) complain("The microphone is not permitted: you will hear the others, but they will not hear you.");
    await this.list();
    if (access.video && this.role !== "Consumer") this.turn(true);
  }

  get role(): string {
    return element<HTMLSelectElement>("role").value;
  }

  /** The chosen camera. */
  camera(): VideoDeviceInfo | undefined {
    return this.cameras.find((camera) => camera.id === element<HTMLSelectElement>("cameras").value) ?? this.cameras[0];
  }

  /** Ends the preview; the stream goes on in the call. */
  close(): void {
    this.renderer?.dispose();
    this.renderer = undefined;
    element("preview").replaceChildren();
  }

  private mute(muted: boolean): void {
    this.muted = muted;
    this.follow();
  }

  private turn(on: boolean): void {
    this.turning = this.turning.then(() => (on ? this.show() : this.hide())).catch((error) => complain(words(error)));
  }

  private async show(): Promise<void> {
    const camera = this.camera();
    if (this.stream || !camera) return;
    const stream = new LocalVideoStream(camera);
    const renderer = new VideoStreamRenderer(stream);
    const view = await renderer.createView({ scalingMode: "Crop", isMirrored: true });
    this.stream = stream;
    this.renderer = renderer;
    element("preview").replaceChildren(view.target);
    this.follow();
  }

  private async hide(): Promise<void> {
    this.close();
    this.stream?.dispose();
    this.stream = undefined;
    this.follow();
  }

  private async list(): Promise<void> {
    this.cameras = await this.devices.getCameras();
    fill("cameras", this.cameras);
    fill("microphones", await this.devices.getMicrophones(), this.devices.selectedMicrophone?.id);
    this.follow();
  }

  private async chooseMicrophone(): Promise<void> {
    const chosen = (await this.devices.getMicrophones()).find((one) => one.id === element<HTMLSelectElement>("microphones").value);
    if (chosen) await this.devices.selectMicrophone(chosen);
  }

  private follow(): void {
    const consumer = this.role === "Consumer";
    if (consumer && this.stream) this.turn(false);
    paintFace(element("previewface"), element<HTMLInputElement>("name").value || "?");
    element("rights").textContent = RIGHTS[this.role] ?? "";
    element("lobby").classList.toggle("off", !this.stream);
    for (const [id, name, off] of [["previewmute", "microphone", this.muted || consumer], ["previewcamera", "camera", !this.stream]] as const) {
      label(element(id), off ? `${name}-off` : name, "");
      element(id).setAttribute("aria-pressed", String(off));
      element<HTMLButtonElement>(id).disabled = consumer || (name === "camera" && this.cameras.length === 0);
    }
    element("cameralabel").hidden = consumer || this.cameras.length === 0;
    element("microphonelabel").hidden = consumer || element("microphones").childElementCount === 0;
  }
}

function fill(id: string, devices: { id: string; name: string }[], chosen?: string): void {
  const list = element<HTMLSelectElement>(id);
  const before = chosen ?? list.value;
  list.replaceChildren(...devices.map((device) => new Option(device.name, device.id, false, device.id === before)));
}
