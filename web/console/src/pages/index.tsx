// The pages of the console, in the order of the menu.
import type { ComponentType } from "preact";
import { Home } from "./home";
import { Numbers } from "./numbers";
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
  { path: "numbers", title: "Numbers", key: "n", group: "Administration", page: Numbers, icon: "M5 9h14M5 15h14M10 4L8 20M16 4l-2 16" },
  { path: "trunks", title: "Trunks and routes", key: "t", group: "Administration", page: Trunks, icon: "M4 7h6l4 10h6M4 17h6M14 7h6M17 4l3 3-3 3M17 14l3 3-3 3" },
  { path: "phones", title: "Phones", key: "p", group: "Administration", page: Phones, icon: "M5 3h4l2 5-3 2c1 3 3 5 6 6l2-3 5 2v4c0 1-1 2-2 2C10 21 3 14 3 5c0-1 1-2 2-2" },
  { path: "keys", title: "Keys", key: "k", group: "Administration", page: Keys, icon: "M8 11a4 4 0 1 1 0 8 4 4 0 0 1 0-8M11 12l9-9M16 7l3 3" },
];
