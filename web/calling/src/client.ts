// The entry of the package.
import type { CommunicationTokenCredential } from "@azure/communication-common";
import { Agent } from "./agent";
import { findEndpoint, identityOf, isToken, socketAddress, type Endpoint } from "./endpoint";
import { coded, failure, unsupported } from "./errors";
import { debugInfo } from "./features/debuginfo";
import { Features } from "./features/names";
import { beHere } from "./features/othertabs";
import { logOf } from "./log";
import { Devices } from "./media/devices";
import type { CallAgent, CallAgentOptions, CallClientFeature, CallClientFeatureFactory, CallClientOptions, DeviceManager, TeamsCallAgent, TeamsCallAgentOptions } from "./types";
import { VERSION } from "./version";

/** The live agents of this page: each user has one. */
const live = new Map<string, Agent>();

/** How long a server may take to answer at all. */
const CONNECT_MS = 60_000;
/** How long a credential may take to give a token: then it is asked again, as long as there is patience. */
const TOKEN_MS = 30_000;

/** An agent on its way. */
interface Attempt {
  /** The client's agent before it, which was disposed of, leaves its calls. */
  before?: Promise<void>;
  agent?: Agent;
  /** The client was disposed of meanwhile. */
  over?: boolean;
  /** The agent is of no use any more. */
  retired(): void;
}

export interface CallClient {
  createCallAgent(tokenCredential: CommunicationTokenCredential, options?: CallAgentOptions): Promise<CallAgent>;
  createTeamsCallAgent(tokenCredential: CommunicationTokenCredential, options?: TeamsCallAgentOptions): Promise<TeamsCallAgent>;
  getDeviceManager(): Promise<DeviceManager>;
  feature<T extends CallClientFeature>(factory: CallClientFeatureFactory<T>): T;
  dispose(): Promise<void>;
}

export class CallClient {
  constructor(options: CallClientOptions = {}) {
    const log = logOf(options);
    const features = new Map<unknown, CallClientFeature>();
    let devices: Devices | undefined;
    let agent: Agent | undefined;
    let creating: Attempt | undefined;
    let stop = (): void => {};
    if (options.diagnostics?.tags?.length) log(`tags ${options.diagnostics.tags.join(" ")}`);
    const getDevices = (): Devices => (devices ??= new Devices());
    let leave: (() => void) | undefined = beHere();

    Object.assign(this, {
      createCallAgent: async (credential: CommunicationTokenCredential, agentOptions: CallAgentOptions = {}) => {
        const before = agent?.leaving;
        if ((agent && !before) || creating) throw failure(409, 40228, "this client has an agent; dispose of it first");
        if (typeof credential?.getToken !== "function") throw failure(400, 0, "not a token credential");
        leave ??= beHere();
        const attempt: Attempt = (creating = { before, retired: () => (agent = undefined) });
        try {
          agent = await connect(credential, agentOptions, options, getDevices(), log, attempt);
          return agent.facade;
        } finally {
          if (creating === attempt) creating = undefined;
        }
      },
      createTeamsCallAgent: () => Promise.reject(unsupported("an agent of Teams")),
      getDeviceManager: async () => {
        const found = getDevices();
        await found.begin();
        return found.manager;
      },
      feature: (factory: CallClientFeatureFactory<CallClientFeature>) => {
        let found = features.get(factory);
        if (found) return found;
        if ((factory as unknown) === Features.DebugInfo) ({ feature: found, stop } = debugInfo());
        else found = { name: factory.featureName, dispose: () => {} };
        features.set(factory, found);
        return found;
      },
      dispose: async () => {
        if (creating) creating.over = true;
        await (agent ?? creating?.agent)?.dispose();
        devices?.dispose();
        devices = undefined;
        stop();
        features.clear();
        leave?.();
        leave = undefined;
      },
    });
  }
}

/** Opens a session for the user of a token. */
async function connect(
  credential: CommunicationTokenCredential,
  agentOptions: CallAgentOptions,
  options: CallClientOptions,
  devices: Devices,
  log: (line: string) => void,
  attempt: Attempt,
): Promise<Agent> {
  const token = async (): Promise<string> => (await within(credential.getToken(), TOKEN_MS, "the credential gave no token in time")).token;
  const first = await token().catch((error) => Promise.reject(failure(401, 10009, `no token: ${error instanceof Error ? error.message : error}`)));
  if (attempt.over) throw disposedOf();
  if (!isToken(first)) throw failure(401, 10009, "the token is no access token of a user: it is not a JWT with claims");
  const user = identityOf(first);
  // Pages dispose of an agent and make the next one in the same breath, while the first still leaves its calls.
  await attempt.before;
  await live.get(user)?.leaving;
  if (attempt.over) throw disposedOf();
  if (user && live.has(user)) throw failure(409, 40228, "this user has an agent in this page already");
  let endpoint: Endpoint;
  try {
    endpoint = findEndpoint(options.endpoint, first);
  } catch (error) {
    throw coded(error, 400, 40216);
  }
  const agent = new Agent({
    address: socketAddress(endpoint.address, "/client"),
    guessed: endpoint.guessed,
    token,
    displayName: agentOptions.displayName,
    iceServers: options.networkConfiguration?.turn?.iceServers,
    reportMedia: options.reportMedia,
    devices,
    userAgent: `switchhook-calling/${VERSION} ${options.diagnostics?.appName ?? ""}`.trim().slice(0, 200),
    log,
    retired: () => {
      live.delete(user);
      attempt.retired();
    },
  });
  live.set(user, agent);
  attempt.agent = agent;
  try {
    await within(agent.open(), CONNECT_MS, "the server did not answer in time");
    if (attempt.over) throw disposedOf();
    return agent;
  } catch (error) {
    await agent.dispose();
    throw coded(error, 500, 40216);
  }
}

function disposedOf(): Error {
  return failure(490, 4502, "the client was disposed of");
}

function within<T>(work: Promise<T>, ms: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(failure(408, 40101, message)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

