// Searches free numbers of the inventory, and buys what was found.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, ask } from "../state/api";
import { Act, Choice, Dialog, Field, Input, Problem } from "../ui/basics";
import { Time } from "../ui/time";

const version = "?api-version=2025-06-01";

interface Found {
  searchId: string;
  phoneNumbers: string[];
  searchExpiresBy: string;
}

/** Waits for an operation of the phone numbers API, which says by its status how it goes. */
export async function finished(list: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 40; tries++) {
    if (await list()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("The server has not done this within 10 s. The inventory shows when it has.");
}

export const release = (number: string): Promise<unknown> => api("DELETE", `/phoneNumbers/${encodeURIComponent(number)}${version}`);

export function Buy(props: { countries: string[]; close: () => void; owned: (number: string) => Promise<boolean> }): JSX.Element {
  const country = useSignal(props.countries[0] ?? "US");
  const kind = useSignal("geographic");
  const use = useSignal("application");
  const calling = useSignal("inbound+outbound");
  const area = useSignal("");
  const found = useSignal<Found | null>(null);
  const problem = useSignal("");
  const search = async (event: Event): Promise<void> => {
    event.preventDefault();
    found.value = null;
    try {
      const asked = { phoneNumberType: kind.value, assignmentType: use.value, capabilities: { calling: calling.value, sms: "none" }, areaCode: area.value.trim() || undefined, quantity: 1 };
      const { headers } = await ask("POST", `/availablePhoneNumbers/countries/${encodeURIComponent(country.value)}/:search${version}`, asked);
      const answer = await api<Found>("GET", `/availablePhoneNumbers/searchResults/${headers.get("search-id")}${version}`);
      found.value = answer.phoneNumbers.length ? answer : null;
      problem.value = found.value ? "" : "The inventory has no free number that matches. The key available-numbers of the configuration file has them.";
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  const buy = async (): Promise<void> => {
    await api("POST", `/availablePhoneNumbers/:purchase${version}`, { searchId: found.value!.searchId });
    await finished(() => props.owned(found.value!.phoneNumbers[0]!));
    props.close();
  };
  return (
    <Dialog title="Get a number" close={props.close}>
      <form onSubmit={(event) => void search(event)}>
        <div class="filters">
          <Field label="Country">
            <Choice value={country} of={props.countries} />
          </Field>
          <Field label="Type">
            <Choice value={kind} of={["geographic", "tollFree", "mobile"]} />
          </Field>
          <Field label="For">
            <Choice value={use} of={["application", "person"]} />
          </Field>
          <Field label="Calling">
            <Choice value={calling} of={["inbound+outbound", "inbound", "outbound"]} />
          </Field>
          <Field label="Area code">
            <Input value={area} inputMode="numeric" />
          </Field>
        </div>
        <Problem text={problem} />
        <button class="primary" id="searchnumber">
          Search
        </button>
      </form>
      {found.value && (
        <p role="status">
          <code>{found.value.phoneNumbers?.join(", ")}</code> is held until <Time at={found.value.searchExpiresBy} />.{" "}
          <Act class="primary" id="buynumber" changes do={buy} done="The number is this resource's">
            Get it
          </Act>
        </p>
      )}
    </Dialog>
  );
}
