// Access keys: shown on demand, replaced one at a time.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, armPath } from "../state/api";
import { mayChange } from "../state/session";
import { Act, Card, Command, Copy, Empty, Page } from "../ui/basics";

interface Answer {
  primaryKey?: string;
  secondaryKey?: string;
  primaryConnectionString?: string;
  secondaryConnectionString?: string;
}

export function Keys(): JSX.Element {
  const keys = useSignal<Answer | null>(null);
  const show = async (): Promise<void> => {
    keys.value = keys.value ? null : await api<Answer>("POST", armPath("listKeys"), {});
  };
  const rotate = async (keyName: string): Promise<void> => {
    keys.value = await api<Answer>("POST", armPath("regenerateKey"), { keyName });
  };
  return (
    <Page title="Keys" about="Both keys are valid, so that one can be replaced while applications use the other. The primary key may administer.">
      {mayChange() ? (
        <Card
          title="Access keys"
          actions={
            <Act id="showkeys" do={show}>
              {keys.value ? "Hide" : "Show"}
            </Act>
          }
        >
          {keys.value && (
            <dl class="facts">
              {Object.entries(keys.value).map(([name, value]) => (
                <div key={name}>
                  <dt>{name.replace(/([A-Z])/g, " $1").toLowerCase()}</dt>
                  <dd>
                    <code class="long">{value as string}</code> <Copy text={value as string} what={name} />
                  </dd>
                </div>
              ))}
            </dl>
          )}
          <p class="calm">A session shows the key that it began with, and no other: guards tell the keys apart.</p>
          <div class="buttons">
            <Act do={() => rotate("Secondary")} confirm="Replace the secondary key? Requests that the old one signed are refused at once, and its user tokens end." done="The secondary key was replaced">
              Replace the secondary key
            </Act>
            <Act class="danger" do={() => rotate("Primary")} confirm="Replace the primary key? Requests that the old one signed are refused at once, its user tokens end, and so do sessions of the console, this one too." done="The primary key was replaced">
              Replace the primary key
            </Act>
          </div>
          <Command>switchhook keys rotate secondary</Command>
        </Card>
      ) : (
        <Empty title="Keys are shown to administrators.">Sign in with the primary key, or with the address that switchhook console prints.</Empty>
      )}
    </Page>
  );
}
