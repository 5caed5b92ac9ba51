// Where a subscription's events go: as a form has it, as ARM has it, and as the command has it.
import { signal, type Signal } from "@preact/signals";
import { api } from "../../state/api";
import { path, type Subscription } from "./subscriptions";

export interface Mapping {
  name: string;
  type?: string;
  properties?: { isSecret?: boolean; value?: string | null; sourceField?: string };
}

/** What is known of a destination: of secrets only that they are there. */
export interface Destination {
  endpointType: string;
  properties?: {
    endpointBaseUrl?: string;
    endpointUrl?: string;
    maxEventsPerBatch?: number;
    preferredBatchSizeInKilobytes?: number;
    deliveryAttributeMappings?: Mapping[];
    azureActiveDirectoryTenantId?: string;
    azureActiveDirectoryApplicationIdOrUri?: string;
    resourceId?: string;
    queueName?: string;
    queueMessageTimeToLiveInSeconds?: number;
    subject?: string;
    fileName?: string;
  };
}

/** The kinds of destinations, with what the command calls them. */
export const kinds: [string, string][] = [
  ["WebHook", "webhook"],
  ["StorageQueue", "storagequeue"],
  ["NatsSubject", "natssubject"],
  ["File", "file"],
  ["Tail", "tail"],
];

const names = ["kind", "url", "queue", "life", "subject", "file", "headers", "batch", "kilobytes", "tenant", "application"] as const;

export type Form = Record<(typeof names)[number], Signal<string>>;

const hidden = "•••";
const inQueues = "/queueServices/default/queues/";

export function formOf(of?: Destination): Form {
  const p = of?.properties ?? {};
  const start: Record<(typeof names)[number], unknown> = {
    kind: of?.endpointType ?? "WebHook",
    url: of ? "" : "http://127.0.0.1:3000/events",
    queue: p.resourceId ? p.resourceId + inQueues + p.queueName : "",
    life: p.queueMessageTimeToLiveInSeconds,
    subject: p.subject,
    file: p.fileName,
    headers: (p.deliveryAttributeMappings ?? []).map(line).join("\n"),
    batch: p.maxEventsPerBatch,
    kilobytes: p.preferredBatchSizeInKilobytes,
    tenant: p.azureActiveDirectoryTenantId,
    application: p.azureActiveDirectoryApplicationIdOrUri,
  };
  return Object.fromEntries(names.map((name) => [name, signal(String(start[name] ?? ""))])) as Form;
}

/** A header as the command takes it: NAME static VALUE, or NAME dynamic FIELD. */
function line(one: Mapping): string {
  const p = one.properties ?? {};
  if (one.type?.toLowerCase() === "dynamic") return `${one.name} dynamic ${p.sourceField}`;
  return `${one.name} static ${p.isSecret ? `${hidden} true` : (p.value ?? "")}`;
}

function mapping(text: string): Mapping {
  const [, name, kind, rest] = /^(\S+)\s+(static|dynamic)\s+(.*)$/i.exec(text.trim()) ?? [];
  if (!name || !kind || !rest) throw new Error(`the header "${text}" is none of: NAME static VALUE, NAME static VALUE true (a secret), NAME dynamic FIELD`);
  if (kind.toLowerCase() === "dynamic") return { name, type: "Dynamic", properties: { sourceField: rest } };
  const secret = /\s+true$/.test(rest);
  return { name, type: "Static", properties: { value: rest.replace(/\s+true$/, ""), isSecret: secret } };
}

const number = (text: string): number | undefined => (text.trim() ? Number(text) : undefined);
const given = (text: string): string | undefined => text.trim() || undefined;

/** As ARM has it. What the page does not know of a subscription (its whole address, its secret headers) is asked for. */
export async function toARM(form: Form, of?: Subscription): Promise<Destination> {
  const value = (name: keyof Form): string => form[name].value.trim();
  const deliveryAttributeMappings = form.headers.value.split("\n").filter((one) => one.trim()).map(mapping);
  switch (value("kind")) {
    case "StorageQueue": {
      const [resourceId, queueName] = value("queue").split(inQueues);
      return { endpointType: "StorageQueue", properties: { resourceId, queueName, queueMessageTimeToLiveInSeconds: number(value("life")) } };
    }
    case "File":
      return { endpointType: "File", properties: { fileName: value("file") } };
    case "Tail":
      return { endpointType: "Tail", properties: {} };
  }
  if (of && deliveryAttributeMappings.some((one) => one.properties?.value === hidden)) {
    const known = await api<{ value: Mapping[] }>("POST", `${path(of.name).replace("?", "/getDeliveryAttributes?")}`);
    for (const one of deliveryAttributeMappings) if (one.properties?.value === hidden) one.properties.value = known.value.find((other) => other.name === one.name)?.properties?.value;
  }
  if (value("kind") === "NatsSubject") return { endpointType: "NatsSubject", properties: { subject: value("subject"), deliveryAttributeMappings } };
  const endpointUrl = value("url") || (of ? (await api<{ endpointUrl: string }>("POST", path(of.name).replace("?", "/getFullUrl?"))).endpointUrl : "");
  return {
    endpointType: "WebHook",
    properties: {
      endpointUrl,
      maxEventsPerBatch: number(value("batch")),
      preferredBatchSizeInKilobytes: number(value("kilobytes")),
      deliveryAttributeMappings,
      azureActiveDirectoryTenantId: given(value("tenant")),
      azureActiveDirectoryApplicationIdOrUri: given(value("application")),
    },
  };
}

const quote = (text: string): string => (/^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** As flags of the command. */
export function destinationFlags(form: Form): string[] {
  const kind = form.kind.value;
  const flag = (name: string, text: string): string => (text.trim() ? `--${name} ${quote(text.trim())}` : "");
  const at = { WebHook: form.url, StorageQueue: form.queue, NatsSubject: form.subject, File: form.file }[kind];
  const headers = kind === "WebHook" || kind === "NatsSubject" ? form.headers.value.split("\n").filter((one) => one.trim()) : [];
  return [
    kind === "WebHook" ? "" : `--endpoint-type ${kinds.find(([name]) => name === kind)?.[1]}`,
    flag("endpoint", at?.value ?? ""),
    kind === "StorageQueue" ? flag("storage-queue-msg-ttl", form.life.value) : "",
    ...headers.map((one) => `--delivery-attribute-mapping ${one.trim().split(/\s+/).map(quote).join(" ")}`),
    ...(kind === "WebHook" ? [flag("max-events-per-batch", form.batch.value), flag("preferred-batch-size-in-kilobytes", form.kilobytes.value), flag("azure-active-directory-tenant-id", form.tenant.value), flag("azure-active-directory-application-id-or-uri", form.application.value)] : []),
  ].filter(Boolean);
}

interface DeadLetter {
  endpointType: string;
  properties?: { resourceId?: string; blobContainerName?: string; bucketName?: string };
}

const inContainers = "/blobServices/default/containers/";

/** Where dead letters go, as the command takes it; "" for nowhere. */
export function deadLetterText(of: unknown): string {
  const p = (of as DeadLetter | undefined)?.properties;
  if (p?.bucketName) return `s3://${p.bucketName}`;
  return p?.resourceId ? p.resourceId + inContainers + p.blobContainerName : "";
}

export function deadLetterOf(text: string): DeadLetter | null {
  if (!text.trim()) return null;
  if (text.startsWith("s3://")) return { endpointType: "S3", properties: { bucketName: text.slice(5) } };
  const [resourceId, blobContainerName] = text.trim().split(inContainers);
  return { endpointType: "StorageBlob", properties: { resourceId, blobContainerName } };
}
