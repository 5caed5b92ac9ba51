// How the legs of a call sounded, from measures every 5 s.
import type { JSX } from "preact";
import { Empty } from "../../ui/basics";
import { Chart, type Series } from "../../ui/chart";
import { who, type Item } from "./model";

const graphs: { title: string; unit: string; low?: number; high?: number; get: (detail: any) => number | undefined; bad?: (value: number) => boolean }[] = [
  { title: "MOS, heard by us", unit: "", low: 1, high: 4.6, get: (d) => d.mos || undefined, bad: (v) => v < 3.6 },
  { title: "MOS, heard by them", unit: "", low: 1, high: 4.6, get: (d) => d.remoteMos || undefined, bad: (v) => v < 3.6 },
  { title: "Loss, received", unit: " %", get: (d) => 100 * (d.loss ?? 0), bad: (v) => v > 2 },
  { title: "Loss, sent", unit: " %", get: (d) => (d.remoteLoss === undefined ? undefined : 100 * d.remoteLoss), bad: (v) => v > 2 },
  { title: "Jitter", unit: " ms", get: (d) => d.jitterMs, bad: (v) => v > 30 },
  { title: "Round trip", unit: " ms", get: (d) => d.roundTripMs || undefined, bad: (v) => v > 300 },
];

export function Quality(props: { items: Item[] }): JSX.Element {
  const measures = props.items.filter((one) => one.kind === "measure" && one.detail);
  const ends = props.items.filter((one) => one.kind === "leg" && one.detail?.sound);
  if (measures.length + ends.length === 0) return <Empty title="No sound was measured.">Measures begin 5 s after a leg is answered.</Empty>;
  const times = [...measures, ...ends].map((one) => new Date(one.at).getTime());
  const people = [...new Set([...measures.map((one) => one.detail.participant), ...ends.map((one) => one.detail.participant)])] as string[];
  const series = (get: (detail: any) => number | undefined): Series[] =>
    people
      .map((person) => ({
        name: who(person),
        points: [...measures.filter((one) => one.detail.participant === person).map((one) => [one.at, one.detail] as const), ...ends.filter((one) => one.detail.participant === person).map((one) => [one.at, one.detail.sound] as const)]
          .map(([at, detail]) => [new Date(at).getTime(), get(detail)] as [number, number | undefined])
          .filter((point): point is [number, number] => point[1] !== undefined),
      }))
      .filter((one) => one.points.length > 0);
  return (
    <>
      <div class="charts">
        {graphs.map((graph) => (
          <Chart key={graph.title} title={graph.title} unit={graph.unit} low={graph.low} high={graph.high} bad={graph.bad} series={series(graph.get)} from={Math.min(...times)} to={Math.max(...times)} />
        ))}
      </div>
      <p class="calm">
        {people.map((person) => {
          const last = measures.findLast((one) => one.detail.participant === person)?.detail ?? ends.findLast((one) => one.detail.participant === person)?.detail.sound;
          return last ? `${who(person)}: ${last.codec}, ${last.packetsReceived} packets received, ${last.packetsSent} sent. ` : "";
        })}
      </p>
    </>
  );
}
