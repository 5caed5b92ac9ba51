// The recordings of a call.
import type { JSX } from "preact";
import { at, useAPI } from "../../state/api";
import { Badge, Empty, Problem } from "../../ui/basics";
import { lasting, Time } from "../../ui/time";
import type { Call } from "./model";

interface Recording {
  id: string;
  state: string;
  kind: string;
  began: string;
  durationMs: number;
  documents?: { name: string; format: string }[];
}

export function CallRecordings(props: { of: Call }): JSX.Element {
  const id = props.of.serverCallId ?? props.of.id;
  const list = useAPI<{ value: Recording[] }>(`/admin/recordings?about=${encodeURIComponent(id)}`);
  const rows = list.value.value?.value;
  return (
    <>
      <Problem text={list.problem} />
      {rows?.length === 0 && <Empty title="The call was not recorded." />}
      {rows?.map((one) => (
        <div key={one.id} class="recording">
          <p>
            <strong>{one.kind}</strong> <Badge mood={one.state === "announced" ? "good" : "warn"}>{one.state}</Badge> from <Time at={one.began} />, {lasting(one.durationMs)}
          </p>
          {one.documents?.map((document) => <Player key={document.name} document={document} />)}
        </div>
      ))}
    </>
  );
}

/** Plays a document of a recording: with its picture, if it has one. */
export function Player({ document: { name, format } }: { document: { name: string; format: string } }) {
  const what = { controls: true, preload: "none" as const, src: at(soundOf(name)), "aria-label": `Recording ${name}` };
  return format === "mp4" ? <video width="320" height="180" {...what} /> : <audio {...what} />;
}

/** Where the sound of a document is (docs/recording.md). */
export const soundOf = (name: string): string => `/v1/objects/${encodeURIComponent(name)}/content/audio`;
