// Home: is it well, what is missing, how an application connects, and a first call.
import type { JSX } from "preact";
import { useAPI } from "../state/api";
import { figures, history } from "../state/live";
import { href } from "../state/router";
import { Badge, Card, Code, Empty, Page, Problem } from "../ui/basics";
import { Spark } from "../ui/chart";
import { lasting, now } from "../ui/time";
import { Connect } from "./connect";

export interface Overview {
  version: string;
  resource: string;
  endpoint: string;
  local: boolean;
  data: string;
  startedOn: string;
  notReady?: string;
  addresses: Record<string, string>;
  numbers: string[];
  findings: { state: "ok" | "note" | "fail"; what: string; remedy?: string }[];
}

export function Home(): JSX.Element {
  const overview = useAPI<Overview>("/admin/overview", 10);
  const value = overview.value.value;
  return (
    <Page title="Home" about={value && `Switchhook ${value.version}, up for ${lasting(now.value - new Date(value.startedOn).getTime())}`}>
      <Problem text={overview.problem} />
      <Counters />
      {value && (
        <div class="columns">
          <Health of={value} />
          <FirstCall of={value} />
          <Connect of={value} />
        </div>
      )}
    </Page>
  );
}

function Counters(): JSX.Element {
  const told = Object.keys(figures.value).length > 0;
  const get = (name: string): string => (told ? String(figures.value[name] ?? 0) : "–");
  const rate = (name: string): number[] => history.value.slice(1).map((now, i) => Math.max(0, (now[name] ?? 0) - (history.value[i]![name] ?? 0)));
  const list: [string, string, number[]][] = [
    ["Calls now", get("calls"), history.value.map((one) => one.calls ?? 0)],
    ["Calls ended", get("call_duration_seconds"), rate("call_duration_seconds")],
    ["Posts to webhooks", get("delivery_attempts_total"), rate("delivery_attempts_total")],
    ["Waiting events", get("delivery_waiting_events"), history.value.map((one) => one.delivery_waiting_events ?? 0)],
    ["Browsers", get("browser_sessions"), history.value.map((one) => one.browser_sessions ?? 0)],
  ];
  return (
    <div class="counters">
      {list.map(([title, value, line]) => (
        <div class="counter" key={title}>
          <span>{title}</span>
          <strong>{value}</strong>
          <Spark values={line} label={`${title} in the last two minutes`} />
        </div>
      ))}
    </div>
  );
}

function Health(props: { of: Overview }): JSX.Element {
  const missing = props.of.findings.filter((one) => one.state !== "ok");
  return (
    <Card title="Health" actions={props.of.notReady ? <Badge mood="bad">not ready</Badge> : <Badge mood="good">ready</Badge>}>
      {props.of.notReady && <Problem text={props.of.notReady} />}
      {missing.length === 0 ? (
        <p class="calm">Everything that the server can use is there.</p>
      ) : (
        <ul class="findings">
          {missing.map((one) => (
            <li key={one.what}>
              <Badge mood={one.state === "fail" ? "bad" : "warn"}>{one.state}</Badge> {one.what}
              {one.remedy && <Remedy text={one.remedy} />}
            </li>
          ))}
        </ul>
      )}
      <dl class="facts">
        {Object.entries(props.of.addresses).map(([name, address]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{address}</code>
            </dd>
          </div>
        ))}
        <div>
          <dt>data</dt>
          <dd>
            <code>{props.of.data}</code>
          </dd>
        </div>
      </dl>
      <p class="same">
        The same in a terminal: <code>switchhook doctor</code>
      </p>
    </Card>
  );
}

/** What to do: a command to copy, with what is to be known of it behind, or a sentence. */
function Remedy(props: { text: string }): JSX.Element {
  if (!/^(sudo|switchhook|apt|export) |^\S+ -m pip /.test(props.text)) return <p class="remedy">{props.text}</p>;
  const [command = "", about] = props.text.split(/ {2,}(?=\()/);
  return (
    <>
      <Code text={command} what="the command" />
      {about && <p class="remedy">{about}</p>}
    </>
  );
}

function FirstCall(props: { of: Overview }): JSX.Element {
  const number = props.of.numbers[0];
  return (
    <Card title="Make a test call">
      {number ? (
        <>
          <p>Call one of your numbers from this page. The call is announced to your application as an incoming call; what it answers, plays and asks is heard here.</p>
          <p>
            <a class="button primary" id="testcall" href={href(`softphone?to=${encodeURIComponent(number)}`)}>
              Call {number}
            </a>
          </p>
          <p class="calm">No application yet? Then the page answers the call too, with the request that an SDK would send.</p>
        </>
      ) : (
        <Empty title="The resource owns no number.">Start the server with --numbers, such as --numbers +15550100001.</Empty>
      )}
    </Card>
  );
}
