// The phone numbers of the resource, and where a call to any number would go.
import type { JSX } from "preact";
import { signal, useSignal } from "@preact/signals";
import { api, useAPI } from "../state/api";
import { href } from "../state/router";
import { Act, Badge, Card, Command, Empty, Field, Input, Page, Problem } from "../ui/basics";
import { Table } from "../ui/table";
import { Buy, finished, release } from "./buy";
import { Time } from "../ui/time";

interface Known {
  number: string;
  owned: boolean;
  calling: string;
  assignment: string;
  heldBy?: string;
  heldUntil?: string;
}

export function Numbers(): JSX.Element {
  const numbers = useAPI<{ value: Known[] }>("/admin/numbers", 15);
  const buying = useSignal(false);
  const countries = useAPI<{ countries: { countryCode: string }[] }>("/availablePhoneNumbers/countries?api-version=2025-06-01");
  const rows = numbers.value.value?.value;
  const owns = async (number: string): Promise<boolean> => {
    await numbers.reload();
    return numbers.value.value?.value.find((one) => one.number === number)?.owned === true;
  };
  const giveBack = async (number: string): Promise<void> => {
    await release(number);
    await finished(async () => !(await owns(number)));
  };
  return (
    <Page title="Numbers" about="The phone numbers that this resource knows. Applications search, buy and release them with the phone numbers SDK.">
      <Problem text={numbers.problem} />
      <Card
        title="Inventory"
        actions={
          <Act class="primary" id="getnumber" changes disabled={!countries.value.value && !countries.problem.value} do={() => void (buying.value = true)}>
            Get a number
          </Act>
        }
      >
        {rows?.length === 0 ? (
          <Empty title="There is no number.">Start the server with --numbers, or with a key numbers in its configuration file.</Empty>
        ) : (
          <Table
            label="Phone numbers"
            rows={rows ?? []}
            id={(one) => one.number}
            columns={[
              { head: "Number", cell: (one) => <code>{one.number}</code> },
              { head: "State", cell: (one) => (one.owned ? <Badge mood="good">owned</Badge> : one.heldBy ? <Badge mood="warn">reserved</Badge> : <Badge mood="calm">available</Badge>) },
              { head: "Calling", cell: (one) => one.calling },
              { head: "Assigned to", cell: (one) => one.assignment },
              { head: "Held until", cell: (one) => (one.heldBy ? <Time at={one.heldUntil} /> : "–") },
              {
                head: "",
                cell: (one) =>
                  one.owned && (
                    <div class="buttons">
                      <a href={href(`softphone?to=${encodeURIComponent(one.number)}`)}>Call it</a>
                      <Act class="quiet danger" changes confirm={`Release ${one.number}? Calls to it are not yours any more.`} do={() => giveBack(one.number)} done={`${one.number} was released`}>
                        Release
                      </Act>
                    </div>
                  ),
              },
            ]}
          />
        )}
        <Command>switchhook numbers</Command>
      </Card>
      <NumberTest />
      {buying.value && <Buy countries={(countries.value.value?.countries ?? []).map((one) => one.countryCode)} close={() => (buying.value = false)} owned={owns} />}
    </Page>
  );
}

interface Verdict {
  number: string;
  owned: boolean;
  callerId?: string;
  emergency?: boolean;
  refusal?: string;
  limits?: string[];
  trunks: { name: string; state: string; refusal?: string; limits?: string[] }[];
}

const tested = signal("");

/** Says where a call to a number would go. */
export function NumberTest(): JSX.Element {
  const verdict = useSignal<Verdict | null>(null);
  const problem = useSignal("");
  const from = useSignal("");
  const ask = async (event: Event): Promise<void> => {
    event.preventDefault();
    verdict.value = null;
    try {
      verdict.value = await api<Verdict>("GET", `/admin/numbers/test?number=${encodeURIComponent(tested.value)}&callerId=${encodeURIComponent(from.value)}`);
      problem.value = "";
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  return (
    <Card title="Where would a call go?">
      <form class="inline" onSubmit={(event) => void ask(event)}>
        <Field label="Number">
          <Input value={tested} required placeholder="+4930123456" inputMode="tel" />
        </Field>
        <Field label="Caller id">
          <Input value={from} placeholder="the first owned number" inputMode="tel" />
        </Field>
        <button class="primary">Test</button>
      </form>
      <Problem text={problem} />
      {verdict.value && <Answer of={verdict.value} />}
    </Card>
  );
}

function Answer(props: { of: Verdict }): JSX.Element {
  const { number, owned, callerId, emergency, refusal, limits, trunks } = props.of;
  if (owned)
    return (
      <p>
        <Badge mood="good">yours</Badge> <code>{number}</code> is a number of this resource: a call to it raises IncomingCall, and an application answers.
      </p>
    );
  return (
    <dl class="facts">
      <div>
        <dt>dialled as</dt>
        <dd>
          <code>{number}</code> {emergency && <Badge mood="warn">emergency</Badge>}
        </dd>
      </div>
      <div>
        <dt>caller id</dt>
        <dd>{callerId ? <code>{callerId}</code> : "none: the resource owns no number"}</dd>
      </div>
      <div>
        <dt>the call</dt>
        <dd>{refusal ? <span class="problem">{refusal}</span> : <Badge mood="good">would be made</Badge>}</dd>
      </div>
      {limits?.length ? (
        <div>
          <dt>counted by</dt>
          <dd>{limits.join("; ")}</dd>
        </div>
      ) : null}
      {trunks.map((trunk, i) => (
        <div key={trunk.name}>
          <dt>{i === 0 ? "trunk" : "then"}</dt>
          <dd>
            <code>{trunk.name}</code> <Badge mood={trunk.state === "inactive" ? "bad" : "calm"}>{trunk.state}</Badge> {trunk.refusal && <span class="problem">{trunk.refusal}</span>} {trunk.limits?.join("; ")}
          </dd>
        </div>
      ))}
    </dl>
  );
}
