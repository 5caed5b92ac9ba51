// A scripted caller, which presses keys and speaks at given times, to try a phone menu.
import type { JSX } from "preact";
import { signal, useSignal } from "@preact/signals";
import { Act, Card, Field } from "../../ui/basics";
import { addFiles, call, play } from "./phone";

const script = signal("wait for answer\nwait 2\npress 1\nwait 2\npress 23#\nwait 5\nhang up");

/** Runs in the call that goes on, or begins one. */
export function Script(props: { begin: () => Promise<void> }): JSX.Element {
  const line = useSignal(-1);
  const files = useSignal<string[]>([]);
  const lines = script.value.split("\n");
  const choose = (list: FileList | null): void => {
    addFiles(list ?? []);
    files.value = [...files.value, ...[...(list ?? [])].map((one) => one.name)];
  };
  const run = async (): Promise<void> => {
    if (!call.value) await props.begin();
    await play(script.value, (at) => (line.value = at)).finally(() => (line.value = -1));
  };
  return (
    <Card title="A scripted caller">
      <Field label="Steps" hint="press KEYS, speak FILE, wait SECONDS, wait for answer, hang up: a step a line. speak welcome needs no file">
        <textarea id="script" rows={7} value={script.value} onInput={(event) => (script.value = event.currentTarget.value)} />
      </Field>
      <div class="buttons">
        <label class="button">
          Files to speak
          <input class="hidden" type="file" accept="audio/*" multiple onChange={(event) => choose(event.currentTarget.files)} />
        </label>
        <Act id="runscript" do={run}>
          {call.value ? "Run" : "Call and run"}
        </Act>
        {files.value.length > 0 && <span class="calm">{files.value.join(", ")}</span>}
        {line.value >= 0 && <span role="status">{lines[line.value]}</span>}
      </div>
    </Card>
  );
}
