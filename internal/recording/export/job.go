package export

import (
	"net/url"
	"time"

	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/store"
)

// Job is the files of a recording on their way, or to be removed where they are:
//
//	waiting ──due──▶ uploading ──all there──▶ told ──▶ (forgotten)
//	   ▲                 │ failed               ▲
//	   └──after a delay──┴──for a whole day─────┘
type Job struct {
	ID          string           `json:"id"`          // of the recording
	Destination outbound.Address `json:"destination"` // which may have a signature in it
	Files       []File           `json:"files"`
	Since       time.Time        `json:"since"`
	Remove      bool             `json:"remove,omitempty"` // they were exported, or their uploads were begun; nobody is told
}

// to is where a job goes, for the turns of jobs: a host, a bucket, a folder.
func (j Job) to() string {
	u, err := url.Parse(string(j.Destination))
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// File is a file of a job.
type File struct {
	Name        string `json:"name"`   // in the container
	Source      string `json:"source"` // what Config.Open opens
	ContentType string `json:"contentType"`
	Done        bool   `json:"done,omitempty"`
	// Progress is of one that is not done; of one to be removed, of the upload to be ended.
	Progress storage.Progress `json:"progress,omitzero"`
}

var stored = store.Define[Job]("recording-exports", store.Unchanged)

// Result is how a job ended.
type Result struct {
	Job     Job
	Storage StorageType // where the files are; "" where they are not
	// Locations are the URLs of the files, in the job's order, without credentials.
	Locations []string
	Failed    error // why it was given up; nil: it was not
}
