// What applications see of an agent.
import type { Agent } from "./agent";
import { Emitter } from "./emitter";
import type { Call, CallAgent, CallAgentFeature, CallAgentFeatureFactory, ConnectionStateChangedEventArgs, HandleIncomingCallEventArgs, IncomingCall, JoinCallOptions, RoomCallLocator } from "./types";

export interface AgentEvents {
  incomingCall: { incomingCall: IncomingCall };
  callsUpdated: { added: Call[]; removed: Call[] };
  connectionStateChanged: ConnectionStateChangedEventArgs;
  handleIncomingCall: HandleIncomingCallEventArgs;
}

export function makeAgent(self: Agent, displayName: string | undefined): CallAgent {
  const features = makeFeatures();
  return {
    kind: "CallAgent",
    get calls() {
      return self.calls.facades;
    },
    displayName,
    get connectionState() {
      return self.connection;
    },
    startCall: (participants, options) => self.start(participants, options),
    join: (locator: unknown, options?: JoinCallOptions) => self.join(locator as RoomCallLocator, options),
    dispose: () => self.dispose(),
    feature: features as CallAgent["feature"],
    on: self.events.on as CallAgent["on"],
    off: self.events.off as CallAgent["off"],
  };
}

/** Features of agents are those of Teams: there and inert. Each is the same object each time. */
function makeFeatures(): (factory: CallAgentFeatureFactory<CallAgentFeature>) => CallAgentFeature {
  const made = new Map<unknown, CallAgentFeature>();
  return (factory) => {
    let found = made.get(factory);
    if (!found) {
      const events = new Emitter<Record<string, unknown>>();
      made.set(factory, (found = { name: factory.featureName, dispose: () => {}, on: events.on, off: events.off } as CallAgentFeature));
    }
    return found;
  };
}
