// Trunks, with what they answer now, and the routes that lead to them.
import type { JSX } from "preact";
import { useAPI } from "../state/api";
import { Badge, Card, Command, Empty, Page, Problem, type Mood } from "../ui/basics";
import { Table } from "../ui/table";
import { Time, Until } from "../ui/time";
import { NumberTest } from "./numbers";

interface Trunk {
  name: string;
  address?: string;
  transport: string;
  state: string;
  answer?: string;
  answered?: string;
  registration?: { user: string; state: string; answer?: string; until?: string; next?: string };
  callsIn: number;
  callsOut: number;
  maxCalls?: number;
  callsPerSecond?: number;
  lastRefusal?: string;
  lastRefusalAt?: string;
}

interface Guard {
  name: string;
  rule: string;
}

const mood: Record<string, Mood> = { online: "good", registered: "good", inactive: "bad", failed: "bad" };

export function Trunks(): JSX.Element {
  const trunks = useAPI<{ value: Trunk[] }>("/admin/trunks", 5);
  const routing = useAPI<{ routes?: { name: string; numberPattern: string; trunks?: string[]; description?: string }[] }>("/sip?api-version=2023-04-01-preview&expand=trunks%2Fhealth", 15);
  const guards = useAPI<{ value: Guard[] }>("/admin/guards");
  const rows = trunks.value.value?.value;
  return (
    <Page title="Trunks and routes" about="Connections to other telephone systems, and which numbers they take. Applications change them with the SIP routing SDK; the configuration file has the rest.">
      <Problem text={trunks.problem} />
      <Card title="Trunks">
        {rows?.length === 0 ? (
          <Empty title="There is no trunk.">Add one to the configuration file: docs/trunks.md connects a carrier in five minutes.</Empty>
        ) : (
          <Table
            label="Trunks"
            rows={rows ?? []}
            id={(one) => one.name}
            columns={[
              { head: "Trunk", cell: (one) => <strong>{one.name}</strong> },
              { head: "Address", cell: (one) => <code>{one.address ? `${one.address} ${one.transport}` : "calls in only"}</code> },
              {
                head: "Answers",
                cell: (one) => (
                  <>
                    <Badge mood={mood[one.state] ?? "calm"}>{one.state}</Badge> {one.state === "inactive" && one.answer}
                  </>
                ),
              },
              {
                head: "Registration",
                cell: (one) =>
                  one.registration ? (
                    <>
                      <Badge mood={mood[one.registration.state] ?? "warn"}>{one.registration.state}</Badge> {one.registration.user}
                      {one.registration.state === "failed" && `: ${one.registration.answer}; next attempt `}
                      {one.registration.state === "failed" && one.registration.next && <Until at={one.registration.next} />}
                    </>
                  ) : (
                    "–"
                  ),
              },
              { head: "Calls in", cell: (one) => one.callsIn },
              { head: "Calls out", cell: (one) => one.callsOut },
              { head: "Limit", cell: (one) => [one.maxCalls && `${one.maxCalls} calls`, one.callsPerSecond && `${one.callsPerSecond}/s`].filter(Boolean).join(", ") || "–" },
              {
                head: "Last refusal",
                cell: (one) =>
                  one.lastRefusal ? (
                    <>
                      <Time at={one.lastRefusalAt} /> {one.lastRefusal}
                    </>
                  ) : (
                    "–"
                  ),
              },
            ]}
          />
        )}
        <Command>switchhook trunks</Command>
      </Card>
      <Card title="Routes">
        {routing.value.value?.routes?.length ? (
          <Table
            label="Routes"
            rows={routing.value.value.routes}
            id={(one) => one.name}
            columns={[
              { head: "Route", cell: (one) => <strong>{one.name}</strong> },
              { head: "Pattern", cell: (one) => <code>{one.numberPattern}</code> },
              { head: "Trunks", cell: (one) => one.trunks?.join(", ") || "none: such calls are refused" },
              { head: "About", cell: (one) => one.description ?? "" },
            ]}
          />
        ) : (
          <Empty title="No route is configured.">Every number goes to every trunk, in their order.</Empty>
        )}
      </Card>
      <NumberTest />
      <Card title="Guards">
        {guards.value.value?.value.length ? (
          <Table
            label="Guards"
            rows={guards.value.value.value}
            id={(one) => one.name}
            columns={[
              { head: "Guard", cell: (one) => <strong>{one.name}</strong> },
              { head: "Rule", cell: (one) => one.rule },
            ]}
          />
        ) : (
          <Empty title="No guard is configured.">Guards forbid or limit calls that cost money. The key guards of the configuration file has them.</Empty>
        )}
      </Card>
    </Page>
  );
}
