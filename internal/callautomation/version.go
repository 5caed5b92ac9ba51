package callautomation

import (
	"cmp"
	"strings"
)

// version is the api-version that an application speaks.
type version string

// date is the version without its "-preview". Dates compare as text.
func (v version) date() string { return strings.TrimSuffix(string(v), "-preview") }

// hasHold: participants carry isOnHold from 2024-06-15-preview on.
func (v version) hasHold() bool { return v.date() >= "2024-06-15" }

// hasAnsweredFor: the number that was called is told from 2024-06-15-preview on
// (changelogs of release 1.3.0 of the SDKs).
func (v version) hasAnsweredFor() bool { return v.date() >= "2024-06-15" }

// hasDisabled: streaming and transcription that were not set up are told as disabled from
// 2024-06-15-preview on (recordings of the SDKs' tests of 2024 and 2025).
func (v version) hasDisabled() bool { return v.date() >= "2024-06-15" }

// namesSubscription: previews from 2025-08-15-preview on answer a start and a stop of
// transcription with its subscription (recordings of July and August 2025).
func (v version) namesSubscription() bool {
	return v.date() >= "2025-08-15" && strings.HasSuffix(string(v), "-preview")
}

// hasWireDetails: results carry sipDetails and q850Details from 2026-03-12 on.
func (v version) hasWireDetails() bool { return v.date() >= "2026-03-12" }

// resultFirst: from 2026-03-12 on the events of a call's life have
// resultInformation before version.
func (v version) resultFirst() bool { return v.date() >= "2026-03-12" }

// contextAfterVersion: from 2024-09-01-preview on operationContext stands after version,
// unless resultInformation stands before it.
func (v version) contextAfterVersion() bool { return v.date() >= "2024-09-01" }

// hasEventSource: one preview repeated the source inside data, a later one that of
// recordings.
func (v version) hasEventSource(event string) bool {
	return v == "2023-10-03-preview" || v == "2024-09-01-preview" && event == "RecordingStateChanged"
}

// eventVersion says from which date of api-versions on applications know an event,
// and resultInformation in it.
type eventVersion struct {
	since   string // ""; the first version knows it
	result  string // "": since, if that is not ""
	preview bool   // stable versions do not know it: their SDKs would fail, as would that of withoutHoldAudio
}

// withoutHoldAudio is a preview between others that know the events of hold audio: the
// parser of its JavaScript SDK, 1.4.0-beta.1, throws on them.
const withoutHoldAudio = "2024-11-15-preview"

// eventVersions is the table of events by version. Sources: the models of the
// JavaScript SDK's releases 1.0.0 (2023-03-06) to 1.4.0, their changelogs, and
// recorded events of the service (SendDtmfTonesCompleted of 2023-10-03-preview has no
// result; azure-sdk-for-python issue 31638 of August 2023 has a
// RecognizeFailed with its result). .NET reads resultInformation of ConnectFailed,
// HoldFailed, MediaStreamingFailed and TranscriptionFailed without asking for null.
var eventVersions = map[string]eventVersion{
	"CreateCallFailed":      {since: "2024-06-15"},
	"AnswerFailed":          {since: "2024-06-15"},
	"PlayStarted":           {since: "2024-06-15"},
	"MediaStreamingStarted": {since: "2024-06-15"},
	"MediaStreamingStopped": {since: "2024-06-15"},
	"TranscriptionStarted":  {since: "2024-06-15"},
	"TranscriptionUpdated":  {since: "2024-06-15"},
	"TranscriptionStopped":  {since: "2024-06-15"},
	"TranscriptionFailed":   {since: "2024-06-15"},
	"MediaStreamingFailed":  {since: "2024-06-15"},
	"StartRecordingFailed":  {since: "2025-06-15"},
	"HoldAudioStarted":      {since: "2024-09-01", preview: true},
	"HoldAudioPaused":       {since: "2024-09-01", preview: true},
	"HoldAudioResumed":      {since: "2024-09-01", preview: true},
	"HoldAudioCompleted":    {since: "2024-09-01", preview: true},

	"AddParticipantSucceeded":    {result: "2023-03-06"},
	"AddParticipantFailed":       {result: "2023-03-06"},
	"RemoveParticipantSucceeded": {result: "2023-03-06"},
	"RemoveParticipantFailed":    {result: "2023-03-06"},
	"CallTransferAccepted":       {result: "2023-03-06"},
	"CallTransferFailed":         {result: "2023-03-06"},
	"PlayCompleted":              {result: "2023-03-06"},
	"PlayFailed":                 {result: "2023-03-06"},
	"RecognizeCompleted":         {result: "2023-03-06"},
	"RecognizeFailed":            {result: "2023-03-06"},

	"ConnectFailed":            {result: "2024-06-15"},
	"HoldFailed":               {result: "2024-06-15"},
	"MoveParticipantSucceeded": {result: "2024-06-15"},
	"MoveParticipantFailed":    {result: "2024-06-15"},

	"CancelAddParticipantFailed":            {result: "2024-04-15"},
	"SendDtmfTonesCompleted":                {result: "2024-04-15"},
	"SendDtmfTonesFailed":                   {result: "2024-04-15"},
	"ContinuousDtmfRecognitionToneReceived": {result: "2024-04-15"},
	"ContinuousDtmfRecognitionToneFailed":   {result: "2024-04-15"},
	"ContinuousDtmfRecognitionStopped":      {result: "2024-04-15"},
}

// resultEverywhere is the date from which on every event has resultInformation.
const resultEverywhere = "2024-09-01"

// knows reports whether applications of the version know an event.
func (v version) knows(event string) bool {
	e := eventVersions[event]
	return v.date() >= e.since && (!e.preview || strings.HasSuffix(string(v), "-preview") && v != withoutHoldAudio)
}

// hasResult reports whether an event carries resultInformation.
func (v version) hasResult(event string) bool {
	e := eventVersions[event]
	from := cmp.Or(e.result, e.since, resultEverywhere)
	return v.date() >= min(from, resultEverywhere)
}
