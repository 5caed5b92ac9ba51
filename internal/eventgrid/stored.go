package eventgrid

import "github.com/switchhook/switchhook/internal/store"

// storedSubscriptions is how subscriptions are stored, by key.
var storedSubscriptions = store.Define[Subscription]("event-subscriptions", store.Convert(upgrade0))
