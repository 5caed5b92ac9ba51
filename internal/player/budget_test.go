package player

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
)

// TestLoopOfManyPromptsStaysInTheBudget plays thirty short prompts, again and again,
// with and without cache ids: what is decoded at once stays within the budget.
func TestLoopOfManyPromptsStaysInTheBudget(t *testing.T) {
	for name, cached := range map[string]bool{"cached": true, "not cached": false} {
		t.Run(name, func(t *testing.T) {
			w := &web{files: map[string][]byte{}}
			var list []File
			for i := range 30 {
				path := fmt.Sprintf("/%d", i)
				w.files[path] = wavFile(t, numbered(8000*8, 0), 8000)
				file := File{URI: "http://web" + path}
				if cached {
					file.CacheID = path
				}
				list = append(list, file)
			}
			const budget = 4 * 8 * 48_000
			listening(t, Config{CacheBytes: budget}, w, func(t *testing.T, l *Library) {
				ctx, cancel := context.WithCancel(t.Context())
				hear(l.Open(ctx, list, true), 8000, 50*8*70) // 70 prompts
				if held := l.shelf.total(); held > budget {
					t.Errorf("%d bytes are held, of %d", held, budget)
				}
				cancel()
				synctest.Wait()
			})
		})
	}
}
