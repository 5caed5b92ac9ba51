package recording

import (
	"context"
	"slices"
)

// Find returns the record of a recordingId.
func (l *Library) Find(ctx context.Context, id string) (Record, error) {
	return l.records.Get(ctx, GUID(id))
}

// Get returns the record of a recordingId, or of its GUID.
func (l *Library) Get(ctx context.Context, id string) (Record, error) {
	return l.records.Get(ctx, keyOf(id))
}

func keyOf(id string) string {
	if guid := GUID(id); guid != "" {
		return guid
	}
	return id
}

// List returns the records, the newest first.
func (l *Library) List(ctx context.Context) (list []Record, err error) {
	for item, err := range l.records.All(ctx) {
		if err != nil {
			return nil, err
		}
		list = append(list, item.Value)
	}
	slices.SortFunc(list, func(a, b Record) int { return b.Began.Compare(a.Began) })
	return list, nil
}

// GUID is what a recording is called where a recordingId would be too long.
func (r *Record) GUID() string { return r.key() }

// Documents returns the documents of an ended recording that are left.
func (l *Library) Documents(r Record) (list []*Document) {
	for i, chunk := range r.Chunks {
		if !chunk.Deleted {
			list = append(list, &Document{r, i, l})
		}
	}
	return list
}
