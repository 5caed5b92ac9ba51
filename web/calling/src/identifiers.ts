// Identities: what applications name, raw ids on the wire, what applications get back.
import {
  createIdentifierFromRawId,
  getIdentifierKind,
  getIdentifierRawId,
  type CommunicationIdentifier,
  type CommunicationIdentifierKind,
} from "@azure/communication-common";
import { failure } from "./errors";

/** The raw id of what an application names: `{id}`, `{communicationUserId}`, `{phoneNumber}`, and so on. */
export function rawId(identifier: CommunicationIdentifier): string {
  let id = "";
  try {
    const named = identifier as { communicationUserId?: string; phoneNumber?: string; id?: string };
    id = named.id ?? getIdentifierRawId(withoutKind(identifier));
  } catch {
    // It is not an identifier: the message below says so.
  }
  if (!id) throw failure(400, 0, `not an identifier: ${JSON.stringify(identifier)}`);
  return id;
}

/** The raw ids of a list. */
export function rawIds(identifiers: readonly CommunicationIdentifier[]): string[] {
  if (!Array.isArray(identifiers)) throw failure(400, 0, "a list of identifiers is needed");
  return identifiers.map(rawId);
}

function withoutKind(identifier: CommunicationIdentifier): CommunicationIdentifier {
  const { kind: _, ...rest } = identifier as CommunicationIdentifierKind;
  return rest as CommunicationIdentifier;
}

/** What an application gets for a raw id. It carries `kind`. */
export function identifier(id: string): CommunicationIdentifierKind {
  return getIdentifierKind(createIdentifierFromRawId(id));
}

/** Whether a raw id is a telephone's. */
export function isPhone(id: string): boolean {
  return id.startsWith("4:");
}

/** Whether a raw id belongs to Teams. */
export function isTeams(id: string): boolean {
  return id.startsWith("8:orgid:") || id.startsWith("8:dod:") || id.startsWith("8:gcch:") || id.startsWith("8:teamsvisitor:") || id.startsWith("28:");
}
