// How an application connects: the connection string, and programs that call.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, armPath } from "../state/api";
import { mayChange } from "../state/session";
import { Act, Card, Copy, Problem, Tabs } from "../ui/basics";
import type { Overview } from "./home";
import { languages, snippet } from "./snippets";

export function Connect(props: { of: Overview }): JSX.Element {
  const language = useSignal<string>(languages[0]);
  const shown = useSignal(false);
  const key = useConnectionString();
  const text = key.value ?? `endpoint=${props.of.endpoint};accesskey=<your-access-key>`;
  const visible = key.state === "without" || shown.value;
  return (
    <Card
      class="wide"
      title="Connect an application"
      actions={
        <>
          {key.state !== "without" && (
            <Act class="quiet" disabled={key.state === "asked"} do={() => void (shown.value = !shown.value)}>
              {shown.value ? "Hide the key" : "Show the key"}
            </Act>
          )}
          <Copy text={text} label="Copy the connection string" what="the connection string" disabled={key.state === "asked"} />
        </>
      }
    >
      {key.problem && <Problem text={key.problem} />}
      <pre class="connection" tabIndex={0}>
        {visible ? text : text.replace(/accesskey=.*/, hiddenKey)}
      </pre>
      <Tabs of={languages} value={language} label="Language" />
      <Snippet language={language.value} of={props.of} connection={text} shown={visible} ready={key.state !== "asked"} />
    </Card>
  );
}

const hiddenKey = "accesskey=••••••••";

/** The connection string: asked of the server, known, or not for this person. */
interface ConnectionString {
  state: "asked" | "known" | "without";
  value?: string;
  problem?: string;
}

function useConnectionString(): ConnectionString {
  const key = useSignal<ConnectionString>({ state: mayChange() ? "asked" : "without" });
  useEffect(() => {
    if (key.value.state !== "asked") return;
    void api("POST", armPath("listKeys"), {}).then(
      (keys) => {
        const value = keys.primaryConnectionString ?? keys.secondaryConnectionString;
        key.value = value ? { state: "known", value } : { state: "without" };
      },
      (error: Error) => (key.value = { state: "without", problem: "The access key could not be read: " + error.message }),
    );
  }, []);
  return key.value;
}

function Snippet(props: { language: string; of: Overview; connection: string; shown: boolean; ready: boolean }): JSX.Element {
  const code = snippet(props.language, props.of, props.connection);
  const visible = props.shown ? code : code.replace(/accesskey=[^"';\s]*/g, hiddenKey);
  return (
    <div class="code">
      <pre tabIndex={0}>{visible}</pre>
      <Copy text={code} what={`the ${props.language} code`} disabled={!props.ready} />
    </div>
  );
}
