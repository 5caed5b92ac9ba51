// Lines over time, drawn as SVG.
import type { JSX } from "preact";

export interface Series {
  name: string;
  points: [number, number][]; // time in ms, value
}

export function Spark(props: { values: number[]; label: string }): JSX.Element {
  const most = Math.max(1e-9, ...props.values);
  const step = 100 / Math.max(1, props.values.length - 1);
  const path = props.values.map((value, i) => `${i ? "L" : "M"}${(i * step).toFixed(1)} ${(29 - (value / most) * 27).toFixed(1)}`).join("");
  return (
    <svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={props.label}>
      <path d={path} />
    </svg>
  );
}

/** Series of a chart that have a name and a colour. */
const named = 4;

/** One measure of several series, over the same time. Of many, the worst are named. */
export function Chart(props: { title: string; unit: string; series: Series[]; from: number; to: number; low?: number; high?: number; bad?: (value: number) => boolean }): JSX.Element | null {
  const all = props.series.flatMap((one) => one.points);
  if (all.length === 0) return null;
  const values = (one: Series): number[] => one.points.map(([, value]) => value);
  const worst = (one: Series): number => (props.low ? Math.min(...values(one)) : -Math.max(...values(one)));
  const series = props.series.length > named ? [...props.series].sort((one, other) => worst(one) - worst(other)) : props.series;
  const others = series.length - named;
  const low = props.low ?? 0;
  const high = props.high ?? Math.max(low + 1e-9, ...all.map(([, value]) => value)) * 1.1;
  const x = (at: number): number => ((at - props.from) / Math.max(1, props.to - props.from)) * 300;
  const y = (value: number): number => 78 - ((value - low) / (high - low)) * 72;
  return (
    <figure class="chart">
      <figcaption>
        {props.title}
        {series.slice(0, named).map((one, i) => {
          const last = one.points.at(-1);
          return last ? (
            <span key={one.name} class={`key s${i} ${props.bad?.(last[1]) ? "bad" : ""}`}>
              {one.name} {round(last[1])}
              {props.unit}
            </span>
          ) : null;
        })}
        {others > 0 && <span class="key">and {others} others</span>}
      </figcaption>
      <svg viewBox="0 0 300 80" preserveAspectRatio="none" role="img" aria-label={`${props.title}: ${series.map((one) => `${one.name} from ${round(Math.min(...values(one)))} to ${round(Math.max(...values(one)))}${props.unit}`).join(", ")}`}>
        <path class="axis" d="M0 78H300M0 42H300M0 6H300" />
        {series
          .map((one, i) => <path key={one.name} class={`line ${i < named ? `s${i}` : "other"}`} d={one.points.map(([at, value], k) => `${k ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("") + (one.points.length === 1 ? "h6" : "")} />)
          .reverse() /* the worst above the others */}
      </svg>
    </figure>
  );
}

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2)).replace(/\.0+$/, "");
