package recording

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/store"
)

// SampleRate is the rate of every recording, in Hz.
const SampleRate = 16000

// Content is what is recorded, in the words of Call Automation.
type Content string

// Channels says whether participants have channels of their own.
type Channels string

// Format is the container of the files.
type Format string

// The values of Call Automation.
const (
	Audio      Content = "audio"
	AudioVideo Content = "audioVideo"

	Mixed   Channels = "mixed"
	Unmixed Channels = "unmixed"

	WAV Format = "wav"
	MP3 Format = "mp3"
	MP4 Format = "mp4"
)

// State is how far a recording is:
//
//	recording ──stop, end of its call, failure, crash──▶ ended ──its event is in the journal──▶ announced
type State string

// The states.
const (
	Going     State = "recording"
	Ended     State = "ended"
	Announced State = "announced"
)

// Record is what is stored of a recording.
type Record struct {
	ID           string   `json:"recordingId"`
	CallID       string   `json:"callId"` // the correlation id of the call
	ServerCallID string   `json:"serverCallId"`
	Content      Content  `json:"content"`
	Channels     Channels `json:"channels"`
	Format       Format   `json:"format"`
	State        State    `json:"state"`
	StartedBy    string   `json:"startedBy,omitempty"`            // as package permit names askers
	Container    string   `json:"destinationContainer,omitempty"` // URL of the container that the files go to; "": none

	Began        time.Time     `json:"began"`
	Ended        time.Time     `json:"ended,omitzero"`
	EndReason    EndReason     `json:"endReason,omitempty"`
	Chunks       []Chunk       `json:"chunks"`
	Pauses       []Pause       `json:"pauses,omitempty"`
	Participants []Participant `json:"participants,omitempty"`
	// ConcealedMs is silence in place of sound that came too late to be written, and
	// Concealed where: the first of them.
	ConcealedMs int64   `json:"concealedMs,omitempty"`
	Concealed   []Pause `json:"concealed,omitempty"`

	Hold      bool      `json:"hold,omitempty"`     // it is not deleted, whatever its time and whoever asks
	KeepUntil time.Time `json:"keepUntil,omitzero"` // when it is deleted; zero: as configured
}

// EndReason is why a recording ended, in the words of Event Grid's sessionEndReason.
type EndReason string

// The reasons. The first two are the service's.
const (
	CallEnded      EndReason = "CallEnded"
	InitiatorLeft  EndReason = "InitiatorLeft" // it was stopped
	StorageFailed  EndReason = "StorageFailed" // a full disk, or one that fails
	ServiceStopped EndReason = "ServiceStopped"
	// AnnouncementFailed is of one that was not announced to those in the call.
	AnnouncementFailed EndReason = "AnnouncementFailed"
)

// Chunk is one file of a recording.
type Chunk struct {
	Began     time.Time   `json:"began"`
	Frames    int64       `json:"frames"` // of 20 ms; valid once the chunk has ended
	Layouts   []Layout    `json:"layouts"`
	EndReason ChunkReason `json:"endReason,omitempty"` // "": it goes on
	Deleted   bool        `json:"deleted,omitempty"`
	Converted bool        `json:"converted,omitempty"` // the file has the format that was asked for
	Pictures  bool        `json:"pictures,omitempty"`  // a file of pictures belongs to it
	Still     bool        `json:"still,omitempty"`     // its pictures could not be composed: the picture is a still one
	SHA256    string      `json:"sha256,omitempty"`    // of the file as it is downloaded, in hexadecimal digits
}

// ChunkReason is why a chunk ended, in the words of Event Grid's endReason.
type ChunkReason string

// The reasons.
const (
	SessionEnded      ChunkReason = "SessionEnded"
	ChunkSizeExceeded ChunkReason = "ChunkMaximumSizeExceeded"
)

// Layout says how many channels the frames of a chunk have, from one on.
type Layout struct {
	From     int64 `json:"from"` // frames of 20 ms
	Channels int   `json:"channels"`
}

// Pause is an interval of which nothing is in the files, or silence alone.
type Pause struct {
	Start      time.Time `json:"start"`
	DurationMs int64     `json:"durationMs"` // 0 while it goes on
}

// Participant is somebody who was in the call, with their channel.
type Participant struct {
	ID      string `json:"participantId"` // raw id
	Channel *int   `json:"channel,omitempty"`
}

// participant returns somebody's entry, new where there was none.
func (r *Record) participant(who string) *Participant {
	at := slices.IndexFunc(r.Participants, func(p Participant) bool { return p.ID == who })
	if at < 0 {
		at = len(r.Participants)
		r.Participants = append(r.Participants, Participant{ID: who})
	}
	return &r.Participants[at]
}

// in returns those intervals that begin in a chunk.
func (r *Record) in(chunk int, all []Pause) (some []Pause) {
	for _, p := range all {
		if p.Start.Before(r.Chunks[chunk].Began) || chunk+1 < len(r.Chunks) && !p.Start.Before(r.Chunks[chunk+1].Began) {
			continue
		}
		some = append(some, p)
	}
	return some
}

// stored is how records are kept, by the GUID of the recording.
var stored = store.Define[Record]("recordings", store.Unchanged)

// Duration is how much sound the files hold.
func (r *Record) Duration() (total time.Duration) {
	for _, c := range r.Chunks {
		total += c.duration()
	}
	return total
}

func (c Chunk) duration() time.Duration { return time.Duration(c.Frames) * audio.FrameDuration }

// channels is how many channels the file of a chunk has when it is read.
func (c Chunk) channels() int {
	if len(c.Layouts) == 0 {
		return 1
	}
	return c.Layouts[len(c.Layouts)-1].Channels
}

// key is the GUID by which the record is stored.
func (r *Record) key() string { return GUID(r.ID) }
