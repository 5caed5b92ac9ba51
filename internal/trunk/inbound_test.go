package trunk

import (
	"net/netip"
	"testing"
)

// TestTrunkReachesItsOwnHostsAlone: who calls from one trunk may not name the host of another.
func TestTrunkReachesItsOwnHostsAlone(t *testing.T) {
	made, err := NewTable([]Trunk{
		{Name: "one", Host: "192.0.2.1", Domain: "one.example", Sources: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}},
		{Name: "two", Host: "two.example", Sources: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Refresh(t.Context(), hosts{"two.example": "192.0.2.2"}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		from, host string
		want       bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"198.51.100.7", "192.0.2.1", true},
		{"::ffff:198.51.100.7", "198.51.100.8", true},
		{"198.51.100.7", "one.example", true},
		{"203.0.113.7", "two.example", true},
		{"203.0.113.7", "192.0.2.2", true},
		{"198.51.100.7", "two.example", false},
		{"198.51.100.7", "192.0.2.2", false},
		{"198.51.100.7", "203.0.113.7", false},
		{"203.0.113.7", "one.example", false},
		{"203.0.113.7", "192.0.2.1", false},
		{"198.51.100.7", "elsewhere.example", false},
		{"10.0.0.1", "192.0.2.1", false},
		{"10.0.0.1", "one.example", false},
	} {
		if got := made.Reaches(netip.MustParseAddr(test.from), test.host); got != test.want {
			t.Errorf("from %s to %s: %t, want %t", test.from, test.host, got, test.want)
		}
	}
}
