// A call that goes on: keys, mute, hold, transfer, and the level of what is heard.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { href } from "../../state/router";
import { Act, Badge, Card, Field, Input } from "../../ui/basics";
import { call, callId, ended, level, muted, press, speak, state, transfer } from "./phone";

export function Running(): JSX.Element {
  const target = useSignal("");
  return (
    <Card title="In the call" actions={<Badge mood={state.value === "Connected" ? "live" : "warn"}>{state.value}</Badge>}>
      <meter min={0} max={1} value={level.value} aria-label="Level of what you hear" />
      <div class="keypad" role="group" aria-label="Keys">
        {"123456789*0#".split("").map((key) => (
          <Act key={key} label={`Key ${key}`} do={() => press(key)}>
            {key}
          </Act>
        ))}
      </div>
      <div class="buttons">
        <Act do={() => (muted.value ? call.value?.unmute() : call.value?.mute())}>{muted.value ? "Unmute" : "Mute"}</Act>
        <Act do={() => (state.value === "LocalHold" ? call.value?.resume() : call.value?.hold())}>{state.value === "LocalHold" ? "Resume" : "Hold"}</Act>
        <label class="button">
          Speak a file
          <input class="hidden" type="file" accept="audio/*" onChange={(event) => event.currentTarget.files?.[0] && void speak(event.currentTarget.files[0]).catch((error) => (ended.value = error.message))} />
        </label>
        <a class="button" href={href(callId.value ? `calls/${callId.value}` : "calls")}>
          See the call
        </a>
      </div>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void transfer(target.value).catch((error) => (ended.value = error.message));
        }}
      >
        <Field label="Transfer to">
          <Input value={target} id="transferto" required placeholder="+15550100002" />
        </Field>
        <button>Transfer</button>
      </form>
    </Card>
  );
}

