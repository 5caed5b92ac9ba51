// What users say of a call. The server keeps it with the call's record.
import type { CallCore } from "../calls/call";
import { failure } from "../errors";
import type { CallSurvey, CallSurveyFeature, CallSurveyRating } from "./types";

const PARTS = ["overallRating", "audioRating", "videoRating", "screenshareRating"] as const;

export function survey(call: CallCore): CallSurveyFeature {
  return {
    name: "CallSurvey",
    submitSurvey: async (answers: CallSurvey) => {
      const given: CallSurvey = {};
      for (const part of PARTS) if (answers?.[part]) given[part] = check(part, answers[part]);
      if (Object.keys(given).length === 0) throw failure(400, 0, "a survey has at least one rating");
      const answer = await call.ask("survey", { survey: given });
      return { ...given, id: String(answer.id ?? crypto.randomUUID()), callId: call.id, localParticipantId: call.participantId };
    },
  };
}

function check(part: string, rating: CallSurveyRating): CallSurveyRating {
  const { lowerBound = 1, upperBound = 5, lowScoreThreshold } = rating.scale ?? {};
  if (!(lowerBound >= 0 && upperBound <= 100 && lowerBound < upperBound)) throw failure(400, 0, `${part}: the scale is not within 0 and 100`);
  if (!(rating.score >= lowerBound && rating.score <= upperBound)) throw failure(400, 0, `${part}: the score is not within ${lowerBound} and ${upperBound}`);
  return { score: rating.score, issues: rating.issues, scale: { lowerBound, upperBound, lowScoreThreshold } };
}
