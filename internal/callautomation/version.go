package callautomation

import "strings"

// version is the api-version that an application speaks.
type version string

// date is the version without its "-preview". Dates compare as text.
func (v version) date() string { return strings.TrimSuffix(string(v), "-preview") }

// hasResult: events carry resultInformation from 2024-09-01-preview on.
func (v version) hasResult() bool { return v.date() >= "2024-09-01" }

// hasHold: participants carry isOnHold from 2024-06-15-preview on.
func (v version) hasHold() bool { return v.date() >= "2024-06-15" }

// hasWireDetails: results carry sipDetails and q850Details from 2026-03-12 on.
func (v version) hasWireDetails() bool { return v.date() >= "2026-03-12" }

// resultFirst: from 2026-03-12 on the events of a call's life have
// resultInformation before version.
func (v version) resultFirst() bool { return v.date() >= "2026-03-12" }

// hasEventSource: one preview repeated the source inside data.
func (v version) hasEventSource() bool { return v == "2023-10-03-preview" }

// hasHoldAudio: previews tell of the music of hold from 2024-09-01-preview on.
func (v version) hasHoldAudio() bool {
	return strings.HasSuffix(string(v), "-preview") && v.date() >= "2024-09-01"
}
