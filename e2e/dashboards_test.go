package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

var metricName = regexp.MustCompile(`switchhook_[a-z_]+`)

// checkDashboards asks that the dashboard and the alert rules of deploy/ can be read,
// and name metrics that a server has which has done something of everything.
func (p *product) checkDashboards() {
	p.t.Helper()
	response, err := http.Get("http://" + p.addresses.HTTP + "/metrics")
	must(p.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(p.t, err)
	has := map[string]bool{}
	for _, line := range strings.Split(string(text), "\n") {
		if name, _, ok := strings.Cut(strings.TrimPrefix(line, "# TYPE "), " "); ok && strings.HasPrefix(line, "# TYPE ") {
			has[name] = true
		}
	}
	var readers = map[string]func([]byte, any) error{".json": json.Unmarshal, ".yaml": yaml.Unmarshal}
	for _, file := range []string{"../deploy/grafana/switchhook.json", "../deploy/prometheus/alerts.yaml"} {
		text, err := os.ReadFile(file)
		must(p.t, err)
		var any map[string]any
		if err := readers[filepath.Ext(file)](text, &any); err != nil {
			p.t.Errorf("%s: %v", file, err)
		}
		names := metricName.FindAllString(string(text), -1)
		if len(names) < 10 {
			p.t.Errorf("%s names %d metrics", file, len(names))
		}
		for _, name := range names {
			plain := name
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				plain = strings.TrimSuffix(plain, suffix)
			}
			if !has[name] && !has[plain] {
				p.t.Errorf("%s: the server has no metric %s", file, name)
			}
		}
	}
}
