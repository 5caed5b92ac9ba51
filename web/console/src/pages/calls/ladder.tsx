// The SIP messages of a call, between us and everybody else, one below the other.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { Code, Dialog, Empty } from "../../ui/basics";
import { Time } from "../../ui/time";
import type { Item } from "./model";

export function Ladder(props: { items: Item[] }): JSX.Element {
  const opened = useSignal<Item | null>(null);
  const messages = props.items.filter((one) => one.kind === "sip" && one.detail);
  if (messages.length === 0) return <Empty title="No SIP message belongs to this call.">Browsers and applications speak other protocols; the timeline has them.</Empty>;
  const remotes = [...new Set(messages.map((one) => one.detail.remote as string))];
  // We stand beside whoever came first, so that a call through us reads from left to right.
  const lanes = [remotes[0]!, "Switchhook", ...remotes.slice(1)];
  const failure = messages.find((one) => one.failed);
  const began = new Date(messages[0]!.at).getTime();
  // The same for each rung, whatever its message says: lines and arrows meet.
  const grid = { gridTemplateColumns: `86px repeat(${lanes.length}, minmax(150px, 1fr))`, minWidth: `${86 + 150 * lanes.length}px` };
  return (
    <div class="ladder" role="region" aria-label="SIP messages" tabIndex={0}>
      <div class="lanes" style={grid}>
        <span />
        {lanes.map((lane) => (
          <strong key={lane}>{lane}</strong>
        ))}
      </div>
      {messages.map((one) => {
        const remote = lanes.indexOf(one.detail.remote);
        const [left, right] = remote < 1 ? [remote, 1] : [1, remote];
        const toRight = one.detail.sent === remote > 1;
        return (
          <div key={one.seq} class="rung" style={grid}>
            <span class="when" title={one.at}>
              +{((new Date(one.at).getTime() - began) / 1000).toFixed(3)} s
            </span>
            {lanes.map((lane, i) => (
              <i key={lane} style={{ gridColumn: i + 2, gridRow: 1 }} />
            ))}
            <button type="button" class={`message ${toRight ? "right" : "left"} ${one.failed ? "bad" : ""}`} style={{ gridColumn: `${left + 2} / ${right + 3}`, gridRow: 1, margin: `4px calc(50% / ${right - left + 1})` }} onClick={() => (opened.value = one)}>
              <span>{one.detail.firstLine.replace(/ SIP\/2\.0$/, "").replace(/^SIP\/2\.0 /, "")}</span>
              {one === failure && <em>first failure</em>}
            </button>
          </div>
        );
      })}
      {opened.value && (
        <Dialog wide title={opened.value.detail.firstLine} close={() => (opened.value = null)}>
          <p class="calm">
            <Time at={opened.value.at} exact /> {opened.value.detail.transport} {opened.value.detail.local} {opened.value.detail.sent ? "→" : "←"} {opened.value.detail.remote}
          </p>
          <Code text={opened.value.detail.text} what="the message" />
        </Dialog>
      )}
    </div>
  );
}
