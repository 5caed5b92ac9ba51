// What users say of a call. The server writes it into its log.
import type { CallCore } from "../calls/call";
import { failure } from "../errors";
import type { Rating } from "../protocol";
import type { Made } from "./made";
import type { CallSurvey, CallSurveyFeature, CallSurveyRating } from "./types";

const PARTS = { overallRating: "overall", audioRating: "audio", videoRating: "video", screenshareRating: "screenshare" } as const;

export function survey(call: CallCore): Made<CallSurveyFeature> {
  return {
    name: "CallSurvey",
    submitSurvey: async (answers: CallSurvey) => {
      const given: CallSurvey = {};
      const said: Record<string, Rating> = {};
      for (const [part, name] of Object.entries(PARTS) as [keyof typeof PARTS, string][]) {
        const rating = answers?.[part];
        if (!rating) continue;
        said[name] = check(part, rating);
        Object.assign(given, { [part]: rating });
      }
      if (Object.keys(given).length === 0) throw failure(400, 0, "a survey has at least one rating");
      await call.ask("survey", said);
      return { ...given, id: crypto.randomUUID(), callId: call.shownId, localParticipantId: call.participantId };
    },
  };
}

function check(part: string, rating: CallSurveyRating): Rating {
  const { lowerBound = 1, upperBound = 5 } = rating.scale ?? {};
  if (!(lowerBound >= 0 && upperBound <= 100 && lowerBound < upperBound)) throw failure(400, 0, `${part}: the scale is not within 0 and 100`);
  if (!(rating.score >= lowerBound && rating.score <= upperBound)) throw failure(400, 0, `${part}: the score is not within ${lowerBound} and ${upperBound}`);
  return { score: Math.round(rating.score), lowest: lowerBound, highest: upperBound, issues: rating.issues };
}
