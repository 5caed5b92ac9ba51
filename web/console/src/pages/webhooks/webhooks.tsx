// Webhooks: what was delivered where, what comes next, and why something did not match.
import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { Page, Tabs } from "../../ui/basics";
import { Deliveries } from "./deliveries";
import { RaisedEvents } from "./raised";
import { Sinks } from "./sinks";
import { Subscriptions } from "./subscriptions";

const tabs = ["Deliveries", "Subscriptions", "Events", "Sinks"] as const;
const tab = signal<string>(tabs[0]);

export function Webhooks(): JSX.Element {
  return (
    <Page title="Webhooks" about="Every attempt to deliver an event or a callback, the subscriptions that take events, and addresses of this server that take anything.">
      <Tabs of={tabs} value={tab} label="Parts of webhooks" />
      <div class="below">{tab.value === "Deliveries" ? <Deliveries /> : tab.value === "Subscriptions" ? <Subscriptions /> : tab.value === "Events" ? <RaisedEvents /> : <Sinks />}</div>
    </Page>
  );
}
