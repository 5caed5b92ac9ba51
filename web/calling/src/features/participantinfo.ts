// Who has said or written something, as features tell it.
import type { CallCore } from "../calls/call";
import { identifier } from "../identifiers";
import type { ParticipantInfo } from "../types";

/** Of the user, too; of who has left, what the message says. */
export function participantInfo(call: CallCore, id: string, displayName: string | undefined): ParticipantInfo {
  const facade = call.roster.find(id)?.facade;
  const own = id === call.context.session.welcome?.user && call.participantId !== "";
  return {
    identifier: identifier(id),
    displayName,
    hasDisplayNameChanged: facade?.hasDisplayNameChanged ?? false,
    endpointDetails: facade?.endpointDetails ?? (own ? [{ participantId: call.participantId }] : []),
  };
}
