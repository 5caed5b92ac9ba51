package eventgrid

import (
	"cmp"
	"time"

	"github.com/google/uuid"
)

// RecordingFile says that files of a recording can be downloaded.
type RecordingFile struct {
	ID           string // of the event, the same where it is told again; "": a new one
	CallID       string
	ServerCallID string
	RecordingID  string
	Chunks       []RecordingChunk
	Start        time.Time
	Duration     time.Duration    // written in whole milliseconds
	Content      RecordingContent // in the spelling of these events, which is not Call Automation's
	Channels     RecordingChannels
	Format       RecordingFormat
	EndReason    string    // of the session, such as "CallEnded"
	StorageType  string    // where the files are if not here, such as "AzureBlob"; "": here
	At           time.Time // when the files became available
}

// RecordingChunk is one file with its description.
type RecordingChunk struct {
	DocumentID       string
	Index            int    // from 0
	EndReason        string // such as "SessionEnded"
	MetadataLocation string // URLs
	ContentLocation  string
	DeleteLocation   string
}

// RecordingContent is what was recorded.
type RecordingContent string

// RecordingChannels is whether participants share a channel.
type RecordingChannels string

// RecordingFormat is the container of the files.
type RecordingFormat string

// The values that the SDKs' models know.
const (
	RecordingAudio      RecordingContent = "Audio"
	RecordingAudioVideo RecordingContent = "AudioVideo"

	RecordingMixed   RecordingChannels = "Mixed"
	RecordingUnmixed RecordingChannels = "Unmixed"

	RecordingWav RecordingFormat = "Wav"
	RecordingMp3 RecordingFormat = "Mp3"
	RecordingMp4 RecordingFormat = "Mp4"
)

// RecordingFileStatusUpdated publishes that a recording is available and
// returns how many subscriptions take it. It only queues.
func (g *Grid) RecordingFileStatusUpdated(in RecordingFile) (matched int) {
	return g.publish(in.event())
}

// recordingData has the members of the documented sample first, in its order,
// then those that only the SDKs' models have.
type recordingData struct {
	StorageInfo  storageModel      `json:"recordingStorageInfo"`
	StartTime    string            `json:"recordingStartTime"`
	DurationMs   int64             `json:"recordingDurationMs"`
	EndReason    string            `json:"sessionEndReason"`
	ContentType  RecordingContent  `json:"recordingContentType"`
	ChannelType  RecordingChannels `json:"recordingChannelType"`
	RecordFormat RecordingFormat   `json:"recordingFormatType"`
	StorageType  string            `json:"storageType,omitempty"`
	RecordingID  string            `json:"recordingId"`
}

type storageModel struct {
	Chunks []chunkModel `json:"recordingChunks"`
}

type chunkModel struct {
	DocumentID       string `json:"documentId"`
	Index            int    `json:"index"`
	EndReason        string `json:"endReason"`
	ContentLocation  string `json:"contentLocation"`
	MetadataLocation string `json:"metadataLocation"`
	DeleteLocation   string `json:"deleteLocation"`
}

func (in RecordingFile) event() event {
	chunks := make([]chunkModel, len(in.Chunks))
	for i, c := range in.Chunks {
		chunks[i] = chunkModel{
			DocumentID: c.DocumentID, Index: c.Index, EndReason: c.EndReason,
			ContentLocation: c.ContentLocation, MetadataLocation: c.MetadataLocation, DeleteLocation: c.DeleteLocation,
		}
	}
	return event{
		id:      cmp.Or(in.ID, uuid.NewString()),
		kind:    typeRecordingFileStatusUpdated,
		subject: "/recording/call/" + in.CallID + "/serverCallId/" + in.ServerCallID + "/recordingId/" + in.RecordingID,
		at:      in.At,
		call:    in.ServerCallID,
		data: recordingData{
			StorageInfo:  storageModel{Chunks: chunks},
			StartTime:    timestamp(in.Start),
			DurationMs:   in.Duration.Milliseconds(),
			EndReason:    in.EndReason,
			ContentType:  in.Content,
			ChannelType:  in.Channels,
			RecordFormat: in.Format,
			StorageType:  in.StorageType,
			RecordingID:  in.RecordingID,
		},
	}
}
