// How large pictures are seen: what is asked of the server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sight } from "../src/media/sight";

let intersects: (entries: object[]) => void;
const page = globalThis as any;
page.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
page.IntersectionObserver = class {
  constructor(tell: (entries: object[]) => void) {
    intersects = tell;
  }
  observe(): void {}
  disconnect(): void {}
};
page.ResizeObserver = class {
  observe(): void {}
  disconnect(): void {}
};

function seen(): { element: any; sight: Sight; sizes: string[] } {
  const element = Object.assign(new EventTarget(), { isConnected: true, clientWidth: 320, clientHeight: 176, ownerDocument: page.document });
  const sizes: string[] = [];
  const sight: Sight = new Sight(element as never, () => sizes.push(`${sight.seen.width}x${sight.seen.height}`));
  intersects([{ isIntersecting: true }]);
  return { element, sight, sizes };
}

function hide(hidden: boolean): void {
  page.document.visibilityState = hidden ? "hidden" : "visible";
  page.document.dispatchEvent(new Event("visibilitychange"));
}

test("nothing is wanted in a page that is hidden", () => {
  const { sight, sizes } = seen();
  hide(true);
  hide(false);
  sight.stop();
  assert.deepEqual(sizes, ["320x176", "0x0", "320x176"]);
});

test("what is shown in picture-in-picture is wanted though the page is hidden", () => {
  const { element, sight, sizes } = seen();
  const window: { width: number; height: number; onresize?: () => void } = { width: 480, height: 272 };
  element.dispatchEvent(Object.assign(new Event("enterpictureinpicture"), { pictureInPictureWindow: window }));
  hide(true);
  Object.assign(window, { width: 640, height: 368 });
  window.onresize!();
  element.dispatchEvent(new Event("leavepictureinpicture"));
  hide(false);
  sight.stop();
  element.dispatchEvent(Object.assign(new Event("enterpictureinpicture"), { pictureInPictureWindow: window }));
  assert.deepEqual(sizes, ["320x176", "480x272", "640x368", "0x0", "320x176"]);
});

test("an element in another window is seen as that window is", () => {
  const { element, sight, sizes } = seen();
  element.ownerDocument = { visibilityState: "visible" };
  hide(true);
  assert.deepEqual(sizes, ["320x176"]);
  sight.stop();
  hide(false);
});

test("an element that waits for its first picture is wanted, and not shown when nobody puts it into the page after that", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const element = Object.assign(new EventTarget(), { isConnected: false, clientWidth: 0, clientHeight: 0, ownerDocument: page.document });
  const sizes: string[] = [];
  const sight: Sight = new Sight(element as never, () => sizes.push(`${sight.seen.width}x${sight.seen.height}`));
  t.mock.timers.tick(25_000);
  assert.deepEqual([sizes, sight.seen.width], [[], 640]);
  sight.begin();
  t.mock.timers.tick(10_000);
  assert.deepEqual(sizes, ["0x0"]);
  sight.stop();
  sight.begin();
  t.mock.timers.tick(10_000);
  assert.deepEqual(sizes, ["0x0"]);
});
