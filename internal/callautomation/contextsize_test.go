package callautomation

import (
	"fmt"
	"strings"
	"testing"
)

// TestCustomContextIsBoundedInAll asks that headers which are each small enough are
// refused where they are too much together.
func TestCustomContextIsBoundedInAll(t *testing.T) {
	for n, allowed := range map[int]bool{60: true, 900: false} {
		c := callingContext{VoIPHeaders: map[string]string{}}
		for i := range n {
			c.VoIPHeaders[fmt.Sprint(i)] = strings.Repeat("x", 1000)
		}
		if _, _, err := c.headers(); (err == nil) != allowed {
			t.Errorf("%d kB: %v", n, err)
		}
	}
}
