package callautomation

import (
	"context"

	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/rest"
)

// asker names who sent a request, as guards do.
func asker(ctx context.Context) string {
	return permit.Asker(rest.Sender(ctx))
}
