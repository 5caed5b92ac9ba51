// How the legs of a call sounded, from measures every 5 s: ours, and those of browsers.
import type { JSX } from "preact";
import { Empty } from "../../ui/basics";
import { Chart, type Series } from "../../ui/chart";
import { who, type Item } from "./model";

interface Graph {
  title: string;
  unit: string;
  low?: number;
  high?: number;
  get: (detail: any) => number | undefined;
  bad?: (value: number) => boolean;
}

/** Of what we measure, of phones, trunks and browsers. */
const ours: Graph[] = [
  { title: "MOS, heard by us", unit: "", low: 1, high: 4.6, get: (d) => d.mos || undefined, bad: (v) => v < 3.6 },
  { title: "MOS, heard by them", unit: "", low: 1, high: 4.6, get: (d) => d.remoteMos || undefined, bad: (v) => v < 3.6 },
  { title: "Loss, received", unit: " %", get: (d) => 100 * (d.loss ?? 0), bad: (v) => v > 2 },
  { title: "Loss, sent", unit: " %", get: (d) => (d.remoteLoss === undefined ? undefined : 100 * d.remoteLoss), bad: (v) => v > 2 },
  { title: "Jitter", unit: " ms", get: (d) => d.jitterMs, bad: (v) => v > 30 },
  { title: "Round trip", unit: " ms", get: (d) => d.roundTripMs || undefined, bad: (v) => v > 300 },
];

/** Of what browsers measure themselves. */
const theirs: Graph[] = [
  { title: "Loss", unit: " %", get: (d) => 100 * d.loss, bad: (v) => v > 2 },
  { title: "Jitter", unit: " ms", get: (d) => d.jitterMs, bad: (v) => v > 30 },
  { title: "Jitter buffer", unit: " ms", get: (d) => d.bufferMs, bad: (v) => v > 200 },
  { title: "Round trip", unit: " ms", get: (d) => d.roundTripMs || undefined, bad: (v) => v > 300 },
  { title: "Concealed", unit: " ms", get: (d) => d.concealedMs, bad: (v) => v > 250 },
  { title: "Level of the microphone", unit: "", get: (d) => d.spoken },
  { title: "Level of what is heard", unit: "", get: (d) => d.heard },
  { title: "Received", unit: " kbit/s", get: (d) => d.receivedKbps },
  { title: "Sent", unit: " kbit/s", get: (d) => d.sentKbps },
];

interface Point {
  at: number;
  person: string;
  detail: any;
}

const point = (one: Item, detail: any): Point => ({ at: new Date(one.at).getTime(), person: one.detail.participant, detail });

export function Quality(props: { items: Item[] }): JSX.Element {
  const told = props.items.filter((one) => one.detail);
  const ends = told.filter((one) => one.kind === "leg" && one.detail.sound).map((one) => point(one, one.detail.sound));
  const measured = [...told.filter((one) => one.kind === "measure").map((one) => point(one, one.detail)), ...ends];
  const browsers = told.filter((one) => one.kind === "browser").map((one) => point(one, one.detail));
  if (measured.length + browsers.length === 0) return <Empty title="No sound was measured.">Measures begin 5 s after a leg is answered.</Empty>;
  const times = [...measured, ...browsers].map((one) => one.at);
  const span = { from: Math.min(...times), to: Math.max(...times) };
  return (
    <>
      <Graphs of={ours} points={measured} {...span} />
      <p class="calm">
        {people(measured).map((person) => {
          const last = measured.findLast((one) => one.person === person)!.detail;
          return `${who(person)}: ${last.codec}, ${last.packetsReceived} packets received, ${last.packetsSent} sent. `;
        })}
      </p>
      {browsers.length > 0 && (
        <>
          <h2>As browsers measured it</h2>
          <Graphs of={theirs} points={browsers} {...span} />
          <p class="calm">
            {people(browsers).map((person) => {
              const pair = browsers.findLast((one) => one.person === person)!.detail.pair;
              return pair ? `${who(person)}: ${pair} (its candidate to ours). ` : "";
            })}
          </p>
        </>
      )}
    </>
  );
}

const people = (points: Point[]): string[] => [...new Set(points.map((one) => one.person))];

function Graphs(props: { of: Graph[]; points: Point[]; from: number; to: number }): JSX.Element {
  const series = (get: Graph["get"]): Series[] =>
    people(props.points)
      .map((person) => ({
        name: who(person),
        points: props.points
          .filter((one) => one.person === person)
          .map((one) => [one.at, get(one.detail)] as [number, number | undefined])
          .filter((one): one is [number, number] => one[1] !== undefined),
      }))
      .filter((one) => one.points.length > 0);
  return (
    <div class="charts">
      {props.of.map(({ get, ...graph }) => (
        <Chart key={graph.title} {...graph} series={series(get)} from={props.from} to={props.to} />
      ))}
    </div>
  );
}
