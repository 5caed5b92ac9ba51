package server

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const (
	dashboardFile = "../../deploy/grafana/switchhook.json"
	alertsFile    = "../../deploy/prometheus/alerts.yaml"
)

var metricName = regexp.MustCompile(`switchhook_[a-z_]+`)

// query is an expression of PromQL, and what it is part of.
type query struct{ of, expr, text string }

// TestDashboardAndAlertsNameMetricsThatExist, and labels that these metrics have.
func TestDashboardAndAlertsNameMetricsThatExist(t *testing.T) {
	labels := map[string][]string{}
	for _, m := range allMetrics(t) {
		labels[m.name] = append([]string{"instance", "le"}, m.labels...)
	}
	queries := append(panelQueries(t), alertQueries(t)...)
	for _, q := range queries {
		var known []string
		for _, name := range metricName.FindAllString(q.expr, -1) {
			if labels[plainName(name)] == nil {
				t.Errorf("%s: no server has the metric %s", q.of, name)
			}
			known = append(known, labels[plainName(name)]...)
		}
		for _, label := range labelsIn(q) {
			if !slices.Contains(known, label) {
				t.Errorf("%s: no metric of %s has the label %s", q.of, q.expr, label)
			}
		}
	}
	if len(queries) < 40 {
		t.Errorf("there are %d queries: is this looking at the right files?", len(queries))
	}
}

// TestAlertsNamePanelsThatExist asks for the panel that an alert tells to look at.
func TestAlertsNamePanelsThatExist(t *testing.T) {
	var titles []string
	for _, q := range panelQueries(t) {
		titles = append(titles, q.of)
	}
	named := 0
	for _, look := range regexp.MustCompile(`panels? .*`).FindAllString(read(t, alertsFile), -1) {
		for _, title := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(look, -1) {
			named++
			if !slices.ContainsFunc(titles, func(has string) bool { return strings.HasPrefix(has, title[1]) }) {
				t.Errorf("an alert names the panel %q, which the dashboard does not have", title[1])
			}
		}
	}
	if named < 3 {
		t.Errorf("the alerts name %d panels", named)
	}
}

// usesOf says in which panels and alerts a metric is.
func usesOf(t *testing.T) map[string][]string {
	used := map[string][]string{}
	for _, q := range append(panelQueries(t), alertQueries(t)...) {
		for _, name := range metricName.FindAllString(q.expr, -1) {
			if name = plainName(name); !slices.Contains(used[name], q.of) {
				used[name] = append(used[name], q.of)
			}
		}
	}
	return used
}

// TestAlertsOfSharesNeedEnoughCalls asks that an alert about a share of calls, or about how the
// worst of them sound, does not wake somebody for the only call of a night.
func TestAlertsOfSharesNeedEnoughCalls(t *testing.T) {
	share := regexp.MustCompile(`\) / sum by|switchhook_leg_\w+_bucket`)
	enough := regexp.MustCompile(` and sum by \([^)]*\) \(increase\(\w+({[^}]*})?\[\w+\]\)\) >= \d+$`)
	shares := 0
	for _, q := range alertQueries(t) {
		if !share.MatchString(q.expr) {
			continue
		}
		if shares++; !enough.MatchString(q.expr) {
			t.Errorf("%s fires for a single call", q.of)
		}
	}
	if shares < 3 {
		t.Errorf("%d alerts are about shares", shares)
	}
}

// TestAlertsSeeTheFirstOfASeries asks that an alert about a counter with labels sees the first thing
// that it counts: the series begins with it, at 1, and increase sees none.
func TestAlertsSeeTheFirstOfASeries(t *testing.T) {
	labelled := map[string]bool{}
	for _, m := range allMetrics(t) {
		labelled[m.name] = len(m.labels) > 0
	}
	counted := 0
	for _, q := range alertQueries(t) {
		for _, found := range regexp.MustCompile(`increase\((\w+)\[\w+\]\)+ > 0`).FindAllStringSubmatch(q.expr, -1) {
			counted++
			if name := found[1]; labelled[name] && !strings.Contains(q.expr, "or ("+name+" unless "+name+" offset ") {
				t.Errorf("%s does not see the first of a series of %s", q.of, name)
			}
		}
	}
	if counted < 3 {
		t.Errorf("%d alerts are about counters", counted)
	}
}

// plainName is that of the histogram whose series a query names.
func plainName(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")
}

var (
	grouping = regexp.MustCompile(`by \(([^)]*)\)`)
	matcher  = regexp.MustCompile(`(\w+)(?:=~|!~|!=|=)"`)
	inText   = regexp.MustCompile(`{{ ?(?:\$labels\.)?(\w+) ?}}`)
)

// labelsIn are those that a query groups by, selects, or shows.
func labelsIn(q query) (labels []string) {
	for _, found := range grouping.FindAllStringSubmatch(q.expr, -1) {
		labels = append(labels, strings.Split(found[1], ", ")...)
	}
	for _, found := range append(matcher.FindAllStringSubmatch(q.expr, -1), inText.FindAllStringSubmatch(q.text, -1)...) {
		labels = append(labels, found[1])
	}
	if strings.Contains(q.expr, "process_") || strings.HasPrefix(q.expr, "up{") { // Prometheus gives every series these
		labels = slices.DeleteFunc(labels, func(label string) bool { return label == "instance" || label == "job" })
	}
	return labels
}

func panelQueries(t *testing.T) (list []query) {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, dashboardFile)), &dashboard); err != nil {
		t.Fatal(err)
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			list = append(list, query{panel.Title, target.Expr, target.LegendFormat})
		}
	}
	return list
}

func alertQueries(t *testing.T) (list []query) {
	t.Helper()
	var alerts struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary, Look string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, alertsFile)), &alerts); err != nil {
		t.Fatal(err)
	}
	for _, group := range alerts.Groups {
		for _, rule := range group.Rules {
			if rule.Annotations.Summary == "" || rule.Annotations.Look == "" {
				t.Errorf("the alert %s does not say what happened, or where to look", rule.Alert)
			}
			list = append(list, query{rule.Alert, rule.Expr, rule.Annotations.Summary})
		}
	}
	return list
}
