// The pages of the console, in the order of the menu.
import type { ComponentType, JSX } from "preact";
import { place } from "../state/router";
import { CallPage } from "./calls/call";
import { Calls } from "./calls/list";
import { Home } from "./home";
import { Numbers } from "./numbers";
import { People } from "./people";
import { Recordings } from "./recordings";
import { Softphone } from "./softphone/softphone";
import { Webhooks } from "./webhooks/webhooks";
import { Trunks } from "./trunks";
import { Phones } from "./phones";
import { Keys } from "./keys";

export interface Destination {
  path: string; // below /console/; "" is Home
  title: string;
  key: string; // after g
  group: "" | "Administration";
  icon: string; // path of an SVG, 24 by 24
  page: ComponentType;
}

export const pages: Destination[] = [
  { path: "", title: "Home", key: "h", group: "", page: Home, icon: "M3 11l9-8 9 8M5 10v10h5v-6h4v6h5V10" },
  { path: "calls", title: "Calls", key: "c", group: "", page: CallsOrCall, icon: "M4 6h16M4 12h16M4 18h10" },
  { path: "webhooks", title: "Webhooks", key: "w", group: "", page: Webhooks, icon: "M12 4a4 4 0 0 1 3.5 6l3 5.500M8.500 10L5.500 15.500M8 18h8M12 8v0M6 16a3 3 0 1 0 .1 0M18 16a3 3 0 1 0 .1 0" },
  { path: "softphone", title: "Softphone", key: "s", group: "", page: Softphone, icon: "M4 14v-2a8 8 0 0 1 16 0v2M4 14h4v6H5a1 1 0 0 1-1-1zM20 14h-4v6h3a1 1 0 0 0 1-1z" },
  { path: "numbers", title: "Numbers", key: "n", group: "Administration", page: Numbers, icon: "M5 9h14M5 15h14M10 4L8 20M16 4l-2 16" },
  { path: "trunks", title: "Trunks and routes", key: "t", group: "Administration", page: Trunks, icon: "M4 7h6l4 10h6M4 17h6M14 7h6M17 4l3 3-3 3M17 14l3 3-3 3" },
  { path: "phones", title: "Phones", key: "p", group: "Administration", page: Phones, icon: "M5 3h4l2 5-3 2c1 3 3 5 6 6l2-3 5 2v4c0 1-1 2-2 2C10 21 3 14 3 5c0-1 1-2 2-2" },
  { path: "people", title: "Users and rooms", key: "u", group: "Administration", page: People, icon: "M9 11a4 4 0 1 1 .1 0M2 21c0-5 3-7 7-7s7 2 7 7M16 4a4 4 0 0 1 0 7M18 14c3 1 4 3 4 7" },
  { path: "recordings", title: "Recordings", key: "r", group: "Administration", page: Recordings, icon: "M12 4a8 8 0 1 1-.1 0M12 9a3 3 0 1 1-.1 0" },
  { path: "keys", title: "Keys", key: "k", group: "Administration", page: Keys, icon: "M8 11a4 4 0 1 1 0 8 4 4 0 0 1 0-8M11 12l9-9M16 7l3 3" },
];

function CallsOrCall(): JSX.Element {
  return place.value.includes("/") ? <CallPage key={place.value} /> : <Calls />;
}
