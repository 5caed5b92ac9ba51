package calltest

import (
	"context"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/recording"
)

// RecordingsOf records into a library, as the server does.
func RecordingsOf(library *recording.Library) call.Recordings { return recordings{library} }

type recordings struct{ library *recording.Library }

func (r recordings) Create(ctx context.Context, o recording.Options) (call.Recording, error) {
	made, err := r.library.Create(ctx, o)
	if err != nil {
		return nil, err
	}
	return made, nil
}
