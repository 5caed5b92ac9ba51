package recording

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// metadata is the service's document that describes a chunk (acsmetadata), member
// by member in its order.
type metadata struct {
	ResourceID      string             `json:"resourceId"`
	CallID          string             `json:"callId"`
	ChunkDocumentID string             `json:"chunkDocumentId"`
	ChunkIndex      int                `json:"chunkIndex"`
	ChunkStartTime  string             `json:"chunkStartTime"`
	ChunkDuration   float64            `json:"chunkDuration"` // ms
	Pauses          []metadataPause    `json:"pauseResumeIntervals"`
	Info            metadataInfo       `json:"recordingInfo"`
	Participants    []metadataPresence `json:"participants"`
	Concealed       []metadataPause    `json:"concealedIntervals,omitempty"` // ours: silence for sound that came too late
	SHA256          string             `json:"sha256,omitempty"`             // ours: of the content, in hexadecimal digits
	Note            string             `json:"note,omitempty"`               // ours: what is not as it was asked for
}

type metadataPause struct {
	Start    string  `json:"startTime"`
	Duration float64 `json:"duration"` // ms
}

type metadataInfo struct {
	ContentType string         `json:"contentType"`
	ChannelType string         `json:"channelType"`
	Format      string         `json:"format"`
	Audio       metadataAudio  `json:"audioConfiguration"`
	Video       *metadataVideo `json:"videoConfiguration,omitempty"`
}

type metadataVideo struct {
	Longer    int `json:"longerSideLength"`
	Shorter   int `json:"shorterSideLength"`
	FrameRate int `json:"framerate"`
	BitRate   int `json:"bitRate"` // bits per second, at most
}

type metadataAudio struct {
	SampleRate int `json:"sampleRate"`
	BitRate    int `json:"bitRate"` // bits per second, of all channels
	Channels   int `json:"channels"`
}

type metadataPresence struct {
	ID      string `json:"participantId"`
	Channel *int   `json:"channel,omitempty"`
}

// bitRate is that of one channel of PCM, in bits per second.
const bitRate = SampleRate * 16

// pictureBitRate is that of pictures at most, in bits per second, as the service says.
const pictureBitRate = 1_000_000

// Metadata describes the document as the service does: JSON with two spaces and
// lines that end as those of HTTP.
func (d *Document) Metadata() ([]byte, error) {
	r, c := d.Record, d.Record.Chunks[d.Chunk]
	m := metadata{
		ResourceID: d.lib.cfg.Resource, CallID: r.CallID, ChunkDocumentID: r.Document(d.Chunk), ChunkIndex: d.Chunk,
		ChunkStartTime: metadataTime(c.Began), ChunkDuration: milliseconds(c.duration()), Pauses: []metadataPause{},
		Info: metadataInfo{
			ContentType: string(r.Content), ChannelType: string(r.Channels), Format: string(r.Format),
			Audio: metadataAudio{SampleRate: SampleRate, BitRate: bitRate * c.channels(), Channels: c.channels()},
		},
		Participants: []metadataPresence{},
		SHA256:       c.SHA256,
	}
	switch {
	case c.Converted && r.Format == MP3:
		m.Info.Audio.BitRate = convert.MP3BitRate
	case c.Converted && r.Format == MP4:
		m.Info.Audio.BitRate = convert.MP4BitRate
		m.Info.Video = &metadataVideo{convert.Width, convert.Height, convert.FrameRate, pictureBitRate}
		if r.composes(d.Chunk) {
			m.Info.Video = &metadataVideo{pictures.Width, pictures.Height, pictures.FrameRate, pictureBitRate}
		}
	}
	if c.Still {
		m.Note = stillNote
	}
	for _, p := range r.in(d.Chunk, r.Pauses) {
		m.Pauses = append(m.Pauses, metadataPause{metadataTime(p.Start), float64(p.DurationMs)})
	}
	for _, p := range r.in(d.Chunk, r.Concealed) {
		m.Concealed = append(m.Concealed, metadataPause{metadataTime(p.Start), float64(p.DurationMs)})
	}
	for _, p := range r.Participants {
		m.Participants = append(m.Participants, metadataPresence(p))
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	return []byte(strings.ReplaceAll(string(text), "\n", "\r\n")), nil
}

func metadataTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
