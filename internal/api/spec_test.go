package api_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshot/earshot/internal/api"
)

var idInPath = regexp.MustCompile(`/[0-9a-f]{16}\b`)

// conforms checks an answer against the document: every field is described, every required one is there, words are words.
func (w *world) conforms(t testing.TB, path string, body []byte) {
	t.Helper()
	u, err := url.Parse(path)
	must(t, err)
	o := w.OpenAPI()
	item := o.Paths[idInPath.ReplaceAllString(u.Path, "/{id}")]
	if item == nil || item.Get == nil {
		t.Fatalf("GET %s is not in the document", path)
	}
	var v any
	must(t, json.Unmarshal(body, &v))
	var res huma.ValidateResult
	huma.Validate(o.Components.Schemas, item.Get.Responses["200"].Content["application/json"].Schema, huma.NewPathBuffer([]byte(""), 0), huma.ModeReadFromServer, v, &res)
	if len(res.Errors) > 0 {
		t.Errorf("GET %s does not answer as documented in %d places: %v", path, len(res.Errors), res.Errors[0])
	}
}

func TestDocument(t *testing.T) {
	w := newWorld(t)
	spec, err := w.Spec()
	must(t, err)
	_, contentType, body := get(t, w, "/api/v1/openapi.json")
	if string(body) != string(spec) || !strings.Contains(contentType, "json") {
		t.Errorf("openapi.json is not what Spec returns")
	}
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]struct{ OperationID string }
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct {
					Type any
					Enum []string
				}
			}
		}
	}
	must(t, json.Unmarshal(spec, &doc))
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %q, want 3.1", doc.OpenAPI)
	}
	// The contract's paths; what is served is in the document, and the reverse.
	want := map[string]bool{}
	for _, r := range w.Routes() {
		if r.Path != "/api/v1/openapi.json" {
			want[r.Method+" "+r.Path] = true
		}
	}
	for _, r := range []string{"GET", "POST", "DELETE"} {
		want[r+" /api/v1/session"] = true
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			k := strings.ToUpper(method) + " " + path
			if !want[k] {
				t.Errorf("%s is documented, but not served", k)
			}
			delete(want, k)
		}
	}
	for id := range api.Descriptions {
		if !strings.Contains(string(spec), `"operationId":"`+id+`"`) {
			t.Errorf("a description for %s, which is no operation", id)
		}
	}
	for k := range want {
		t.Errorf("%s is served, but not documented", k)
	}
	if g := doc.Components.Schemas["MeetingRow"].Properties["grade"]; g.Type != "string" || len(g.Enum) != 5 {
		t.Errorf("a grade is documented as %v %v, want five words", g.Type, g.Enum)
	}
	for _, name := range []string{"LiveStatus", "LiveMeetings", "LiveMeeting", "Session", "ErrorModel"} {
		if _, ok := doc.Components.Schemas[name]; !ok {
			t.Errorf("%s is not in the document", name)
		}
	}
	if strings.Contains(string(spec), "idText") || strings.Contains(string(spec), "gradeWord") {
		t.Errorf("names of our own types are in the document")
	}
}
