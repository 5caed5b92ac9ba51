// Package historytest has an archive of records in memory.
package historytest

import (
	"bytes"
	"context"
	"sync"
)

// Archive is a history.Archive that a test can look into, and break.
type Archive struct {
	mu     sync.Mutex
	blocks [][]byte
	broken error
}

// With returns an archive that has blocks already.
func With(blocks ...[]byte) *Archive { return &Archive{blocks: blocks} }

// Break makes Append fail; nil mends it.
func (a *Archive) Break(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.broken = err
}

// Append keeps a block.
func (a *Archive) Append(_ context.Context, block []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.broken != nil {
		return a.broken
	}
	a.blocks = append(a.blocks, bytes.Clone(block))
	return nil
}

// Read tells every block, the oldest first.
func (a *Archive) Read(_ context.Context, _ int, tell func([]byte) error) error {
	for _, block := range a.Blocks() {
		if err := tell(block); err != nil {
			return err
		}
	}
	return nil
}

// Blocks are those that were appended, the oldest first.
func (a *Archive) Blocks() [][]byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([][]byte(nil), a.blocks...)
}

// Len counts the blocks.
func (a *Archive) Len() int { return len(a.Blocks()) }
