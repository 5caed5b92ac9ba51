package server

import (
	"context"
	"net"
	"net/url"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/recording/access"
	"github.com/switchhook/switchhook/internal/recording/compose"
	"github.com/switchhook/switchhook/internal/recording/content"
	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/export"
	"github.com/switchhook/switchhook/internal/server/metrics"
)

// recordingsFolder is the folder of the data directory that holds recordings.
const recordingsFolder = "recordings"

// recordingsTrail is the file that says who had access to recordings.
const recordingsTrail = "recordings-access.jsonl"

// recordings makes the recordings of calls.
type recordings struct{ library *recording.Library }

func (r recordings) Create(ctx context.Context, o recording.Options) (call.Recording, error) {
	made, err := r.library.Create(ctx, o)
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (p *parts) openRecordings() (err error) {
	trail, err := access.OpenTrail(p.data.Path(recordingsTrail))
	if err != nil {
		return err
	}
	p.later(trail.Close)
	log := p.log.With("part", "recording")
	p.recorder = recorder{
		converter: convert.New(convert.Config{}, log),
		places: export.NewPlaces(export.PlacesConfig{
			Folder: p.cfg.Recording.ExportFolder, Accounts: p.cfg.StorageAccount, S3: p.cfg.S3, Allow: p.cfg.Outbound.Check(),
		}),
		Gate: access.New(access.Config{Rules: p.cfg.Recording.Rules, Trail: trail}, log),
	}
	p.exports, err = export.New(export.Config{Store: p.store, Places: p.recorder.places, Open: p.openExported, Done: p.announceExported, Doubts: p.doubts}, log)
	if err != nil {
		return err
	}
	p.later(func() error { p.exports.Close(); return nil })
	composers := convert.New(convert.Config{}, log) // so that sound does not wait for pictures, which take long
	p.recordings, err = recording.Open(recording.Config{
		Resource: p.resource.ID, Store: p.store, Dir: p.data.Path(recordingsFolder), Keys: p.cfg.Recording.Keys, MinFree: p.cfg.Recording.MinFree, Quota: p.cfg.Recording.Quota, MaskTones: p.cfg.Recording.MaskTones,
		Announce: p.announceRecording, Converter: p.recorder.converter, Retention: p.cfg.Recording.Retention, Doubts: p.doubts, Exporting: p.exports.Pending, Deleting: p.deleteExported,
		Cameras: cameras{p}, Composer: compose.New(compose.Config{Pool: composers}, log),
	}, log)
	if err == nil {
		p.later(func() error { p.recordings.Close(); return nil }) // after the mixer, whose listeners they are
		p.metrics.MustRegister(metrics.Recordings(p.recordings, convert.Pools{p.recorder.converter, composers}, p.exports))
	}
	return err
}

// cameras are those of browsers.
type cameras struct{ p *parts }

// Watch implements recording.Cameras.
func (c cameras) Watch(serverCallID string, places int, take func(recording.Packet) bool) recording.Watching {
	if browsers := c.p.browsers.Load(); browsers != nil {
		return browsers.Watch(serverCallID, places, take)
	}
	return nil
}

// recorder tells which recordings can be made, and for whom.
type recorder struct {
	converter *convert.Pool
	places    *export.Places
	*access.Gate
}

// Converts implements callautomation.Recorder.
func (r recorder) Converts(recording.Format) error { return r.converter.Missing() }

// Exports implements callautomation.Recorder.
func (r recorder) Exports(containerURL string) error { return r.places.Check(containerURL) }

// documents are the documents of recordings, for those who download them.
type documents struct{ library *recording.Library }

func (d documents) Document(ctx context.Context, name string) (content.Document, error) {
	found, err := d.library.Document(ctx, name)
	if err != nil {
		return nil, err
	}
	return document{found}, nil
}

type document struct{ *recording.Document }

// Open implements content.Document.
func (d document) Open() (content.Bytes, error) { return d.Document.Open() }

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
	if r.Container != "" {
		return p.exports.Submit(ctx, exportOf(r)) // which announces it in the end
	}
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
		document := base + content.ObjectsPath + r.Document(i)
		e.Chunks = append(e.Chunks, eventgrid.RecordingChunk{
			DocumentID: r.Document(i), Index: i, EndReason: string(chunk.EndReason),
			ContentLocation: document + content.SoundPath, MetadataLocation: document + content.MetadataPath, DeleteLocation: document,
		})
	}
	return e
}
