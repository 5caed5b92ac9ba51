package server

import (
	"context"
	"errors"
	"net"
	"net/url"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/recording"
)

// recordingsFolder is the folder of the data directory that holds recordings.
const recordingsFolder = "recordings"

// recordings makes the recordings of calls.
type recordings struct{ library *recording.Library }

func (r recordings) Create(ctx context.Context, o recording.Options) (call.Recording, error) {
	made, err := r.library.Create(ctx, o)
	if err != nil {
		return nil, err
	}
	return made, nil
}

// noConverter makes no other formats than WAV.
type noConverter struct{}

func (noConverter) Converts(recording.Format) error {
	return errors.New("this version of Switchhook records wav alone")
}

func (p *parts) openRecordings() (*recording.Library, error) {
	return recording.Open(recording.Config{
		Resource: p.resource.ID, Store: p.store, Dir: p.data.Path(recordingsFolder), MinFree: p.cfg.Recording.MinFree,
		Announce: p.announceRecording,
	}, p.log.With("part", "recording"))
}

// finishRecordings completes the recordings of calls that have ended, while the
// server stops.
func (p *parts) finishRecordings() {
	ctx, cancel := context.WithTimeout(context.Background(), p.cfg.DeliveryFlush)
	defer cancel()
	p.recordings.Finish(ctx)
}

// announceRecording tells that the files of a recording can be downloaded. It
// returns when the event is in the journal.
func (p *parts) announceRecording(ctx context.Context, r recording.Record) error {
	p.grid.RecordingFileStatusUpdated(fileEvent(r, locationBase(p.public.base(), p.cfg.Recording.Host)))
	return p.deliveries.Flush(ctx)
}

// locationBase is the scheme and host of the locations of files: a host that SDKs
// accept, at the port of the server.
func locationBase(own, host string) string {
	u, err := url.Parse(own)
	if err != nil || host == "" {
		return own
	}
	if port := u.Port(); port != "" {
		host = net.JoinHostPort(host, port)
	}
	u.Host = host
	return u.String()
}

// eventNames are the words of Event Grid for those of Call Automation.
var (
	contentNames = map[recording.Content]eventgrid.RecordingContent{recording.Audio: eventgrid.RecordingAudio, recording.AudioVideo: eventgrid.RecordingAudioVideo}
	channelNames = map[recording.Channels]eventgrid.RecordingChannels{recording.Mixed: eventgrid.RecordingMixed, recording.Unmixed: eventgrid.RecordingUnmixed}
	formatNames  = map[recording.Format]eventgrid.RecordingFormat{recording.WAV: eventgrid.RecordingWav, recording.MP3: eventgrid.RecordingMp3, recording.MP4: eventgrid.RecordingMp4}
)

// fileEvent says where the files of a recording are. Its id follows from the
// recording, so that who is told twice can know.
func fileEvent(r recording.Record, base string) eventgrid.RecordingFile {
	e := eventgrid.RecordingFile{
		ID:     uuid.NewSHA1(uuid.NameSpaceOID, []byte("RecordingFileStatusUpdated "+r.ID)).String(),
		CallID: r.CallID, ServerCallID: r.ServerCallID, RecordingID: r.ID, Start: r.Began, Duration: r.Duration(),
		Content: contentNames[r.Content], Channels: channelNames[r.Channels], Format: formatNames[r.Format],
		EndReason: string(r.EndReason), At: r.Ended,
	}
	for i, chunk := range r.Chunks {
		document := base + objectsPath + r.Document(i)
		e.Chunks = append(e.Chunks, eventgrid.RecordingChunk{
			DocumentID: r.Document(i), Index: i, EndReason: string(chunk.EndReason),
			ContentLocation: document + soundPath, MetadataLocation: document + metadataPath, DeleteLocation: document,
		})
	}
	return e
}
