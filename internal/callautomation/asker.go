package callautomation

import (
	"context"

	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/rest"
)

// asker names who sent a request, as guards do: by its access key, or by its
// token.
func asker(ctx context.Context) string {
	sender := rest.Sender(ctx)
	if sender.Subject != "" {
		return permit.TokenAsker + sender.Subject
	}
	return sender.Key
}
