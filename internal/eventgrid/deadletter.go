package eventgrid

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
)

// DeadLetter is where events go that cannot be delivered: a blob container of
// a storage account or, which is ours, a bucket of S3. The zero DeadLetter drops
// them.
type DeadLetter struct {
	ResourceID string `json:"resourceId,omitempty"` // of the account, as its owner wrote it
	Container  string `json:"container,omitempty"`
	Bucket     string `json:"bucket,omitempty"` // of S3
	URL        string `json:"url"`              // of the store that keeps it here
}

// Where dead letters go, by ARM's endpointType; the second is ours.
const (
	kindBlob = "StorageBlob"
	kindS3   = "S3"
)

type deadLetterRequest struct {
	EndpointType string `json:"endpointType"`
	Properties   struct {
		ResourceID string `json:"resourceId"`
		Container  string `json:"blobContainerName"`
		Bucket     string `json:"bucketName"`
	} `json:"properties"`
}

type deadLetterAnswer struct {
	EndpointType string `json:"endpointType"`
	Properties   any    `json:"properties"`
}

type containerAnswer struct {
	ResourceID string `json:"resourceId"`
	Container  string `json:"blobContainerName"`
}

type bucketAnswer struct {
	Bucket string `json:"bucketName"`
}

// putDeadLetter checks the destination of dead letters. null turns it off.
func (r settingsRequest) putDeadLetter(s *Settings, with rules) error {
	if len(r.DeadLetter) == 0 {
		return nil
	}
	if !asked(r.DeadLetter) {
		s.DeadLetter = DeadLetter{}
		return nil
	}
	if with.deadLetter == nil {
		return unoffered("deadLetterDestination", "leave it out: an event that cannot be delivered is dropped")
	}
	var wanted deadLetterRequest
	if err := json.Unmarshal(r.DeadLetter, &wanted); err != nil {
		return fault.Invalid("deadLetterDestination is not an object with endpointType and properties")
	}
	switch {
	case strings.EqualFold(wanted.EndpointType, kindS3):
		return wanted.putBucket(s, with)
	case !strings.EqualFold(wanted.EndpointType, kindBlob):
		return fault.Invalid("deadLetterDestination.endpointType must be StorageBlob or S3, not %q", clip(wanted.EndpointType, 40))
	}
	account, ok := storageAccount(wanted.Properties.ResourceID)
	if !ok {
		return fault.Invalid("deadLetterDestination.properties.resourceId must be the id of a storage account: …/providers/Microsoft.Storage/storageAccounts/NAME")
	}
	at, err := with.deadLetter(account, wanted.Properties.Container)
	if err != nil {
		return fault.Invalid("deadLetterDestination: %s", err.Error())
	}
	s.DeadLetter = DeadLetter{ResourceID: wanted.Properties.ResourceID, Container: wanted.Properties.Container, URL: at}
	return nil
}

// validBucket is what Amazon takes as the name of a bucket ("Bucket naming
// rules"); its length is checked beside it.
var validBucket = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

func (r deadLetterRequest) putBucket(s *Settings, with rules) error {
	if with.to.Bucket == nil {
		return unoffered("deadLetterDestination.endpointType S3", "configure events.s3, or use StorageBlob")
	}
	bucket := r.Properties.Bucket
	if n := len(bucket); n < 3 || n > 63 || !validBucket.MatchString(bucket) {
		return fault.Invalid("deadLetterDestination.properties.bucketName is %q; it must be 3 to 63 small letters, digits, single dots and hyphens", clip(bucket, 70))
	}
	at, err := with.to.Bucket(bucket)
	if err != nil {
		return fault.Invalid("deadLetterDestination: %s", err.Error())
	}
	s.DeadLetter = DeadLetter{Bucket: bucket, URL: at}
	return nil
}

// storageAccount is the name at the end of a storage account's id.
func storageAccount(id string) (string, bool) {
	parts := strings.Split(strings.TrimSuffix(id, "/"), "/")
	if n := len(parts); n >= 2 && strings.EqualFold(parts[n-2], "storageAccounts") && parts[n-1] != "" {
		return parts[n-1], true
	}
	return "", false
}

func (d DeadLetter) answer() *deadLetterAnswer {
	if d.URL == "" {
		return nil
	}
	if d.Bucket != "" {
		return &deadLetterAnswer{kindS3, bucketAnswer{d.Bucket}}
	}
	return &deadLetterAnswer{kindBlob, containerAnswer{d.ResourceID, d.Container}}
}
