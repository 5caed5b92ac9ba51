// The telephones of users: credentials, what has registered with them, and a code to scan.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, useAPI } from "../state/api";
import { Act, Badge, Card, Command, Copy, Dialog, Empty, Field, Input, Page, Problem } from "../ui/basics";
import { QR } from "../ui/qr";
import { Table } from "../ui/table";
import { Time, Until } from "../ui/time";

interface Phone {
  userName: string;
  identity: string;
  callerId?: string;
  createdOn?: string;
  password?: string;
  registrar?: { sip?: string; sips?: string };
  devices: { contact: string; address: string; transport: string; userAgent?: string; registeredOn: string; expiresOn: string }[];
}

export function Phones(): JSX.Element {
  const phones = useAPI<{ value: Phone[] }>("/admin/phones", 5);
  const issued = useSignal<Phone | null>(null);
  const adding = useSignal(false);
  const rows = phones.value.value?.value;
  const remove = async (one: Phone): Promise<void> => {
    await api("DELETE", `/admin/phones/${encodeURIComponent(one.userName)}`);
    await phones.reload();
  };
  const reset = async (one: Phone): Promise<void> => {
    issued.value = await api<Phone>("POST", `/admin/phones/${encodeURIComponent(one.userName)}:resetPassword`, {});
  };
  return (
    <Page
      title="Phones"
      about="Desk phones and softphones that register as a user. A call to the user rings at all of them."
      actions={
        <Act class="primary" id="addphone" changes do={() => void (adding.value = true)}>
          Add a phone
        </Act>
      }
    >
      <Problem text={phones.problem} />
      <Card>
        {rows?.length === 0 ? (
          <Empty title="No user has a phone.">
            Add one: the page makes the user, and shows the password and a code that softphones scan.
          </Empty>
        ) : (
          <Table
            label="Phones"
            rows={rows ?? []}
            id={(one) => one.userName}
            columns={[
              { head: "User name", cell: (one) => <strong>{one.userName}</strong> },
              { head: "User", cell: (one) => <code class="long">{one.identity}</code> },
              { head: "Caller id", cell: (one) => one.callerId ?? "–" },
              {
                head: "Registered",
                cell: (one) =>
                  one.devices.length ? (
                    one.devices.map((device) => (
                      <div key={device.contact}>
                        <Badge mood="good">{device.transport}</Badge> {device.userAgent ?? device.address}, until <Time at={device.expiresOn} /> (<Until at={device.expiresOn} />)
                      </div>
                    ))
                  ) : (
                    <Badge mood="calm">no phone</Badge>
                  ),
              },
              {
                head: "",
                cell: (one) => (
                  <div class="buttons">
                    <Act class="quiet" changes do={() => reset(one)} confirm={`Give ${one.userName} a new password? Its phones must be set up again.`}>
                      New password
                    </Act>
                    <Act class="quiet danger" changes do={() => remove(one)} confirm={`Remove the phone ${one.userName}?`}>
                      Remove
                    </Act>
                  </div>
                ),
              },
            ]}
          />
        )}
        <Command>switchhook phones</Command>
      </Card>
      {adding.value && (
        <Add
          close={() => (adding.value = false)}
          added={(one) => {
            adding.value = false;
            issued.value = one;
            void phones.reload();
          }}
        />
      )}
      {issued.value && <Issued of={issued.value} close={() => (issued.value = null)} />}
    </Page>
  );
}

function Add(props: { close: () => void; added: (phone: Phone) => void }): JSX.Element {
  const userName = useSignal("");
  const identity = useSignal("");
  const callerId = useSignal("");
  const problem = useSignal("");
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      let user = identity.value.trim();
      if (!user) user = (await api("POST", "/identities?api-version=2023-10-01", {})).identity.id;
      props.added(await api<Phone>("POST", "/admin/phones", { userName: userName.value, identity: user, callerId: callerId.value || undefined }));
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  return (
    <Dialog title="Add a phone" close={props.close}>
      <form onSubmit={(event) => void add(event)}>
        <Field label="User name" hint="What the phone registers with, such as 101">
          <Input value={userName} required id="username" />
        </Field>
        <Field label="User" hint="The raw id of a user, such as 8:acs:…; empty makes a new one">
          <Input value={identity} />
        </Field>
        <Field label="Caller id" hint="An owned number, which numbers outside see; empty: the phone calls no numbers outside">
          <Input value={callerId} />
        </Field>
        <Problem text={problem} />
        <button class="primary" id="issue">
          Add
        </button>
        <Command>{`switchhook phones add ${identity.value || "8:acs:…"} --user ${userName.value || "101"}`}</Command>
      </form>
    </Dialog>
  );
}

function Issued(props: { of: Phone; close: () => void }): JSX.Element {
  const { userName, password = "", registrar } = props.of;
  const host = registrar?.sips ?? registrar?.sip ?? location.hostname;
  const uri = `${registrar?.sips ? "sips" : "sip"}:${encodeURIComponent(userName)}:${encodeURIComponent(password)}@${host}`;
  return (
    <Dialog title={`Phone ${userName}`} close={props.close}>
      <p>The password is shown once. Set up the phone with it now, or scan the code with a softphone that reads SIP accounts.</p>
      <div class="issued">
        <QR text={uri} />
        <dl class="facts">
          <div>
            <dt>user name</dt>
            <dd>
              <code>{userName}</code>
            </dd>
          </div>
          <div>
            <dt>password</dt>
            <dd>
              <code>{password}</code> <Copy text={password} what="the password" />
            </dd>
          </div>
          {registrar?.sip && (
            <div>
              <dt>registrar</dt>
              <dd>
                <code>{registrar.sip}</code> (UDP, TCP)
              </dd>
            </div>
          )}
          {registrar?.sips && (
            <div>
              <dt>over TLS</dt>
              <dd>
                <code>{registrar.sips}</code>
              </dd>
            </div>
          )}
        </dl>
      </div>
    </Dialog>
  );
}
