// The call: pictures, people, and the buttons. Everything is drawn anew from the
// call's properties whenever it tells of a change.
import { getIdentifierRawId } from "@azure/communication-common";
import { Features, LocalVideoStream, type Call, type RemoteParticipant, type RemoteVideoStream, type VideoDeviceInfo } from "../../calling/src/index";
import { follow } from "./gallery";
import { act, allow, complain, element, press } from "./page";
import { drawPeople, nameOf } from "./people";
import { Picture, Tile, type Look } from "./tile";

export interface Me {
  name: string;
  user: string;
  room: string;
  invitation: string;
  camera(): VideoDeviceInfo | undefined;
}

/** More tiles than this are too small to be of use; everybody is in the list of people. */
const MOST_TILES = 16;

export class CallPage {
  private tiles = new Map<string, Tile>();
  private mine = new Tile(true);
  private shared = new Picture(element("shared").querySelector<HTMLElement>(".picture")!, "Fit");
  private arrange = follow(element("gallery"));
  private hands = new Set<string>();
  private side = matchMedia("(min-width: 60rem)").matches;

  constructor(private call: Call, private me: Me, private left: () => void) {
    element("lobby").hidden = true;
    element("call").hidden = false;
    element("title").textContent = `Room ${me.room}`;
    element<HTMLAnchorElement>("invite").href = me.invitation;
    element("gallery").replaceChildren(this.mine.root);
    this.listen();
    this.bind();
    this.draw();
  }

  private listen(): void {
    const { call, draw } = this;
    for (const event of ["stateChanged", "isMutedChanged", "roleChanged", "isLocalVideoStartedChanged", "isScreenSharingOnChanged"] as const) call.on(event, draw);
    call.on("stateChanged", () => call.state === "Disconnected" && this.leave());
    call.on("mutedByOthers", () => complain("Somebody has muted you. You may unmute."));
    call.on("localVideoStreamsUpdated", draw);
    call.feature(Features.Capabilities).on("capabilitiesChanged", draw);
    call.feature(Features.DominantSpeakers).on("dominantSpeakersChanged", draw);
    call.feature(Features.OptimalVideoCount).on("optimalVideoCountChanged", draw);
    call.feature(Features.Recording).on("isRecordingActiveChanged", draw);
    const hand = call.feature(Features.RaiseHand);
    for (const event of ["raisedHandEvent", "loweredHandEvent"] as const)
      hand.on(event, () => {
        this.hands = new Set(hand.getRaisedHands().map((one) => getIdentifierRawId(one.identifier)));
        draw();
      });
    const watchStream = (stream: RemoteVideoStream): void => stream.on("isAvailableChanged", draw);
    call.on("remoteParticipantsUpdated", ({ added }) => {
      for (const person of added) {
        for (const event of ["stateChanged", "isMutedChanged", "isSpeakingChanged", "roleChanged", "displayNameChanged"] as const) person.on(event as "stateChanged", draw);
        person.videoStreams.forEach(watchStream);
        person.on("videoStreamsUpdated", (change) => {
          change.added.forEach(watchStream);
          draw();
        });
      }
      draw();
    });
  }

  private bind(): void {
    const { call, me } = this;
    const hand = call.feature(Features.RaiseHand);
    const does: Record<string, () => Promise<unknown>> = {
      mute: () => (call.isMuted ? call.unmute() : call.mute()),
      camera: () => this.turnCamera(),
      share: () => (call.isScreenSharingOn ? call.stopScreenSharing() : call.startScreenSharing()),
      hand: () => (this.hands.has(me.user) ? hand.lowerHand() : hand.raiseHand()),
      hold: () => (call.state === "LocalHold" ? call.resume() : call.hold()),
      resume: () => call.resume(),
      leave: () => call.hangUp(),
      copy: () => navigator.clipboard.writeText(me.invitation),
    };
    for (const [id, work] of Object.entries(does)) element(id).onclick = () => act(work());
    element("panel").onclick = () => {
      this.side = !this.side;
      this.draw();
    };
  }

  private async turnCamera(): Promise<void> {
    const sent = this.call.localVideoStreams.find((stream) => stream.mediaStreamType === "Video");
    if (sent) return this.call.stopVideo(sent);
    const camera = this.me.camera();
    if (!camera) throw new Error("There is no camera, or it is not permitted.");
    await this.call.startVideo(new LocalVideoStream(camera));
  }

  private readonly draw = (): void => {
    const { call, me, hands } = this;
    const held = call.state === "LocalHold";
    element("state").textContent = call.state;
    element("myrole").textContent = call.role === "Unknown" ? "" : call.role;
    element("recording").hidden = !call.feature(Features.Recording).isRecordingActive;
    element("call").classList.toggle("side", this.side);
    const camera = call.localVideoStreams.find((stream) => stream.mediaStreamType === "Video");
    this.mine.update({ name: `${me.name} (you)`, muted: call.isMuted || call.role === "Consumer", speaking: false, hand: hands.has(me.user), held }, held ? undefined : camera);
    this.drawOthers();
    press("mute", call.isMuted, call.isMuted ? "microphone-off" : "microphone", call.isMuted ? "Unmute" : "Mute");
    press("camera", camera === undefined, camera ? "camera" : "camera-off", camera ? "Camera off" : "Camera on");
    press("share", call.isScreenSharingOn, "screen", call.isScreenSharingOn ? "Stop sharing" : "Share");
    press("hand", hands.has(me.user), "hand", hands.has(me.user) ? "Lower hand" : "Raise hand");
    press("hold", held, "pause", held ? "Resume" : "Hold");
    press("panel", this.side, "people", "People");
    const may = call.feature(Features.Capabilities).capabilities;
    const role = `The role ${call.role} does not permit this.`;
    allow("mute", call.role !== "Consumer", role);
    allow("camera", may.turnVideoOn.isPresent || camera !== undefined, role);
    allow("share", may.shareScreen.isPresent, role);
    allow("hand", may.raiseHand.isPresent, role);
    element("onhold").hidden = !held;
  };

  private drawOthers(): void {
    const { call, hands } = this;
    const people = call.remoteParticipants;
    const ordered = this.seen(people);
    const visible = new Set(ordered.slice(0, call.feature(Features.OptimalVideoCount).optimalVideoCount));
    for (const [id, tile] of this.tiles) {
      if (ordered.some((person) => getIdentifierRawId(person.identifier) === id)) continue;
      tile.remove();
      this.tiles.delete(id);
    }
    for (const person of ordered) {
      const id = getIdentifierRawId(person.identifier);
      let tile = this.tiles.get(id);
      if (!tile) {
        this.tiles.set(id, (tile = new Tile(false)));
        this.mine.root.before(tile.root);
      }
      tile.update(look(person, hands.has(id)), visible.has(person) ? find(person, "Video") : undefined);
    }
    const sharer = people.find((person) => find(person, "ScreenSharing"));
    this.shared.show(sharer && find(sharer, "ScreenSharing"));
    element("shared").hidden = !sharer;
    element("sharer").textContent = sharer ? `${nameOf(sharer)} shares the screen` : "";
    element("stage").classList.toggle("sharing", sharer !== undefined);
    // With one other person, one's own picture is small and beside.
    this.mine.root.classList.toggle("floating", people.length === 1 && !sharer);
    element("alone").hidden = people.length > 0 || call.state !== "Connected";
    drawPeople(call, this.me.name, hands);
    this.arrange();
  }

  /** Those who have a tile: who speaks most first, where there are too many. */
  private seen(people: ReadonlyArray<RemoteParticipant>): RemoteParticipant[] {
    if (people.length <= MOST_TILES) return [...people];
    const loud = this.call.feature(Features.DominantSpeakers).dominantSpeakers.speakersList.map((one) => getIdentifierRawId(one));
    const rank = (person: RemoteParticipant): number => (loud.indexOf(getIdentifierRawId(person.identifier)) + 1 || Infinity) - (this.tiles.has(getIdentifierRawId(person.identifier)) ? 0.5 : 0);
    return [...people].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_TILES);
  }

  private leave(): void {
    const reason = this.call.callEndReason;
    if (reason && (reason.code !== 0 || reason.subCode !== 0)) complain(`The call ended: ${reason.message || `${reason.code}/${reason.subCode}`}`);
    for (const tile of this.tiles.values()) tile.remove();
    this.mine.remove();
    this.shared.show(undefined);
    element("call").hidden = true;
    element("lobby").hidden = false;
    this.left();
  }
}

function look(person: RemoteParticipant, hand: boolean): Look {
  return { name: nameOf(person), muted: person.isMuted, speaking: person.isSpeaking, hand, held: person.state === "Hold" };
}

function find(person: RemoteParticipant, kind: "Video" | "ScreenSharing"): RemoteVideoStream | undefined {
  return person.videoStreams.find((stream) => stream.mediaStreamType === kind && stream.isAvailable);
}
