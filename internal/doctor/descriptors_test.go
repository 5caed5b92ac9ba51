package doctor

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/connlimit"
)

func TestFewDescriptorsAreExplained(t *testing.T) {
	if got := descriptorFinding(connlimit.Wanted(10_000), 10_000); got.State != OK || got.Remedy != "" {
		t.Errorf("as many as it takes: %+v", got)
	}
	if got := descriptorFinding(1024, 10_000); got.State != Note || !strings.Contains(got.What, "1024 are permitted") || !strings.Contains(got.Remedy, "LimitNOFILE=15184") {
		t.Errorf("too few: %+v", got)
	}
}
