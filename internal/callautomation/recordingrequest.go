package callautomation

import (
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/recording/access"
)

// startRecordingRequest is a StartCallRecordingRequest. The JavaScript SDK's 1.6.0
// names the storage recordingStorage, as its model does, and sends it as
// externalStorage.
type startRecordingRequest struct {
	CallLocator         *callLocator      `json:"callLocator"`
	CallConnectionID    string            `json:"callConnectionId"`
	CallbackURI         string            `json:"recordingStateCallbackUri"`
	ContentType         string            `json:"recordingContentType"`
	ChannelType         string            `json:"recordingChannelType"`
	FormatType          string            `json:"recordingFormatType"`
	ParticipantOrdering []json.RawMessage `json:"audioChannelParticipantOrdering"`
	ChannelAffinity     []channelAffinity `json:"channelAffinity"`
	PauseOnStart        bool              `json:"pauseOnStart"`
	ExternalStorage     *recordingStorage `json:"externalStorage"`
}

type recordingStorage struct {
	Kind         string `json:"recordingStorageKind"`
	ContainerURL string `json:"recordingDestinationContainerUrl"`
}

// Recorder tells what recordings this server can make, and for whom.
type Recorder interface {
	// Converts tells what is missing to make another format than WAV.
	Converts(format recording.Format) error
	// Exports tells why files cannot go to a container.
	Exports(containerURL string) error
	// Admit refuses what the sender of a request may not do.
	Admit(access.Request) error
}

// record is what the request asks for.
func (r startRecordingRequest) record(version, by string, recorder Recorder) (rec call.Record, err error) {
	switch {
	case r.CallLocator == nil && r.CallConnectionID == "":
		return rec, errBody("callLocator or callConnectionId is required.")
	case r.CallLocator != nil && r.CallConnectionID != "":
		return rec, errBody("callLocator and callConnectionId: only one of them can be given.")
	case r.CallConnectionID != "":
		rec.Connection = r.CallConnectionID
	default:
		if rec.Of, err = r.CallLocator.locator(); err != nil {
			return rec, err
		}
		if id := rec.Of.ServerCallID; isConnectionID(id) {
			rec.Connection, rec.Of = id, call.Locator{}
		}
	}
	if rec.CallbackURI, err = callbackURI("recordingStateCallbackUri", r.CallbackURI, false); err != nil {
		return rec, err
	}
	rec.Version = version
	if rec.Options, err = r.options(); err != nil {
		return rec, err
	}
	rec.Options.Paused, rec.Options.StartedBy = r.PauseOnStart, by
	if rec.Pinned, err = r.pinned(rec.Options.Channels); err != nil {
		return rec, err
	}
	if rec.Options.Container, err = r.ExternalStorage.container(recorder); err != nil {
		return rec, err
	}
	return rec, convertible(rec.Options.Format, recorder)
}

// isConnectionID tells a callConnectionId from a serverCallId. The guide "Call recording
// quickstart" writes new ServerCallLocator("<callConnectionId> or <ServerCallId>").
func isConnectionID(id string) bool {
	_, err := uuid.Parse(id)
	return err == nil && len(id) == len(uuid.Nil.String())
}

// convertible refuses a format that this server cannot make.
func convertible(format recording.Format, recorder Recorder) error {
	if format == recording.WAV {
		return nil
	}
	if err := recorder.Converts(format); err != nil {
		return fault.Unsupported("recordingFormatType: %s cannot be made: %v.", format, err).WithCode("8522")
	}
	return nil
}

// options are what is recorded, how, in which format. Where the content is not said
// the format tells it; where nothing is said it is a video (Call Recording overview).
func (r startRecordingRequest) options() (o recording.Options, err error) {
	content, channels, format := strings.ToLower(r.ContentType), strings.ToLower(r.ChannelType), strings.ToLower(r.FormatType)
	switch {
	case content == "audio", content == "" && (format == "wav" || format == "mp3" || channels == "unmixed"):
		o.Content = recording.Audio
	case content == "audiovideo", content == "":
		o.Content = recording.AudioVideo
	default:
		return o, errBody("recordingContentType: %q is neither audio nor audioVideo.", r.ContentType)
	}
	switch channels {
	case "", "mixed":
		o.Channels = recording.Mixed
	case "unmixed":
		o.Channels = recording.Unmixed
	default:
		return o, errBody("recordingChannelType: %q is neither mixed nor unmixed.", r.ChannelType)
	}
	switch format {
	case "":
		o.Format = defaultFormat(o)
	case "wav", "mp3", "mp4":
		o.Format = recording.Format(format)
	default:
		return o, fault.Invalid("recordingFormatType: %q is not one of wav, mp3 and mp4.", r.FormatType).WithCode("8557")
	}
	return o, offered(o)
}

// defaultFormat is the format where none is asked for.
func defaultFormat(o recording.Options) recording.Format {
	switch {
	case o.Content == recording.AudioVideo:
		return recording.MP4
	case o.Channels == recording.Unmixed:
		return recording.WAV
	}
	return recording.MP3
}

// offered refuses what is not one of the four rows of the table in "Call Recording
// overview".
func offered(o recording.Options) error {
	switch {
	case o.Content == recording.AudioVideo && o.Channels == recording.Unmixed:
		return fault.Invalid("recordingChannelType: a recording with video is mixed.").WithCode("8562")
	case o.Content == recording.AudioVideo && o.Format != recording.MP4:
		return fault.Invalid("recordingFormatType: a recording with video is mp4, not %s.", o.Format).WithCode("8557")
	case o.Content == recording.Audio && o.Format == recording.MP4:
		return fault.Invalid("recordingFormatType: a recording of sound alone is wav or mp3, not mp4.").WithCode("8557")
	case o.Channels == recording.Unmixed && o.Format != recording.WAV:
		return fault.Invalid("recordingFormatType: an unmixed recording is wav, not %s.", o.Format).WithCode("8557")
	}
	return nil
}

// container is where the files go, "" where they stay here.
func (s *recordingStorage) container(recorder Recorder) (string, error) {
	switch {
	case s == nil, strings.EqualFold(s.Kind, "azureCommunicationServices"):
		return "", nil
	case !strings.EqualFold(s.Kind, "azureBlobStorage"):
		return "", errBody("externalStorage.recordingStorageKind: %q is neither azureCommunicationServices nor azureBlobStorage.", s.Kind)
	}
	if err := recorder.Exports(s.ContainerURL); err != nil {
		return "", errBody("externalStorage.recordingDestinationContainerUrl: %v.", err)
	}
	return s.ContainerURL, nil
}
