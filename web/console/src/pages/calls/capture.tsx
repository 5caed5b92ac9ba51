// The packets of a call, captured while it goes on.
import type { JSX } from "preact";
import type { Signal } from "@preact/signals";
import { api, at } from "../../state/api";
import { mayChange } from "../../state/session";
import { Act } from "../../ui/basics";
import { insight, type Call } from "./model";

export interface Captured {
  running: boolean;
  until: string;
  legs: number;
  bytes: number;
  full?: boolean;
  rolling?: boolean;
}

/** Captures the RTP packets of a call that goes on, and has them downloaded. */
export function Capture(props: { of: Call; capture: Signal<Captured | undefined>; load: () => Promise<void> }): JSX.Element | null {
  const { of: one, capture } = props;
  if (!mayChange()) return null;
  const path = `${insight}/calls/${encodeURIComponent(one.id)}`;
  const begin = async (): Promise<void> => void (capture.value = await api<Captured>("POST", `${path}:capture`, { seconds: 60 }));
  return (
    <>
      {one.state === "connected" && one.sipCallIds?.length && !capture.value?.running ? (
        <Act id="capture" do={begin} done="The packets of phones and trunks are kept for a minute" label="Keep the RTP packets of a minute, for Wireshark">
          Capture the sound
        </Act>
      ) : null}
      {capture.value && (
        <a class="button" download href={at(`${path}/sound`)} title={capture.value.rolling ? "With the last packets of every leg (insight.rolling)" : undefined}>
          Download PCAP with sound
        </a>
      )}
    </>
  );
}
